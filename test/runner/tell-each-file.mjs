import { appendFileSync, writeFileSync } from 'node:fs';

const { SIARAN_TEST_REPORT: report } = process.env;

/** Writes a line of JSON for each test file once it is through, after one that says how many there are. */
export default class TellEachFile {
  onRunStart({ numTotalTestSuites }) {
    writeFileSync(report, line({ files: numTotalTestSuites }));
  }

  onTestFileResult(_test, { testFilePath, testExecError, failureMessage, testResults, perfStats }) {
    const tests = testResults.map(({ status, ancestorTitles, title, failureMessages, duration }) => ({
      ...{ status, name: [...ancestorTitles, title].join(' › '), ms: duration },
      ...(failureMessages.length > 0 && { why: failureMessages.join('\n') }),
    }));
    const isLoaded = testExecError === undefined || testExecError === null;
    const failed = !isLoaded || tests.some(({ status }) => status === 'failed');
    appendFileSync(
      report,
      line({ path: testFilePath, ms: perfStats.runtime, failed, ...(failed && { why: failureMessage }), tests }),
    );
  }
}

function line(value) {
  return `${JSON.stringify(value)}\n`;
}
