// Makes Markdown of the API document, for the page docs/reference/api.md of the site: the site's search, outline and dark colours
// hold for it as for any other page, and it needs no program in the browser.
import { asText, describe, linkTo, schemaSection, tableOf } from './schema.mjs';

const fence = '```';

function example(value) {
  if (value === undefined) return '';
  const [language, text] =
    typeof value === 'string' ? ['text', value.trimEnd()] : ['json', JSON.stringify(value, undefined, 2)];
  return `<details>\n<summary>Example</summary>\n\n${fence}${language}\n${text}\n${fence}\n\n</details>`;
}

function bodies(label, content) {
  return Object.entries(content).flatMap(([type, { schema, example: shown }]) => [
    `**${label}**, \`${type}\`: ${describe(schema)}`,
    example(shown),
  ]);
}

function parameters(given = []) {
  if (given.length === 0) return '';
  const rows = given.map(({ name, in: where, required, schema, description, example: shown }) => [
    required ? name : `${name}?`,
    `in the ${where}, ${describe(schema, description)}; such as \`${shown}\``,
  ]);
  return tableOf('parameter', rows);
}

function answers(responses) {
  const [good, problems] = [[], []];
  for (const [status, response] of Object.entries(responses)) {
    if (response.$ref) problems.push(`[${status}](#problem-${status})`);
    else if (response.content) good.push(...bodies(`Answer ${status}`, response.content));
    else good.push(`**Answer ${status}**: ${asText(response.description)}`);
  }
  return [...good, `**Problems**: ${problems.join(', ')}`];
}

/** @returns the section of an operation. What it is called in clients that are made from the document is its anchor. */
function operationSection(path, method, operation) {
  const { operationId, summary, description, requestBody } = operation;
  return [
    `### ${operationId} {#${operationId}}`,
    `**\`${method.toUpperCase()} ${path}\`**`,
    description.startsWith(summary) ? asText(description) : `${asText(summary)}. ${asText(description)}`,
    parameters(operation.parameters),
    ...(requestBody ? bodies(requestBody.required ? 'Body' : 'Body, if any', requestBody.content) : []),
    ...answers(operation.responses),
  ];
}

function problemSection([name, { description, content }]) {
  const [[type, { schema, example: shown }]] = Object.entries(content);
  const status = name.replace('Problem', '');
  return [
    `### ${status}: ${asText(description)} {#problem-${status}}`,
    `\`${type}\`: ${linkTo(schema.$ref)}`,
    example(shown),
  ];
}

/** @returns every operation by its tag, then the problems and the schemas that they name. */
export function pageOf({ paths, tags, components }) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.flatMap(({ name, description }) => [
    `## ${name[0].toUpperCase()}${name.slice(1)} {#tag-${name.replaceAll(' ', '-')}}`,
    asText(description),
    ...operations
      .filter(({ operation }) => operation.tags.includes(name))
      .flatMap(({ path, method, operation }) => operationSection(path, method, operation)),
  ]);
  return [
    ...sections,
    '## Problems {#problems}',
    ...Object.entries(components.responses).flatMap(problemSection),
    '## Schemas {#schemas}',
    ...Object.entries(components.schemas).map(([name, schema]) => schemaSection(name, schema)),
  ]
    .filter(Boolean)
    .join('\n\n');
}
