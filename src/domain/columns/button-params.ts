/** The parameter of one button of the template. Documented by Qiscus. */
export type ButtonParam = {
  /** The kind of button as Qiscus calls it, such as `url`. */
  type: string;
  /** What the button is given, such as the end of its web address. */
  values: string;
  /** Which of the template's buttons, 0 to 99; the first is 0. */
  index: number;
};

/** The column of an individual run that holds what its buttons want, of whatever kind, as a JSON array. */
export const buttonColumn = 'button_params';

export const buttonParamsExample = '[{"type":"url","values":"coba","index":0}]';

/** Reads a JSON array of button parameters; an empty text is an empty one. `undefined` if it isn't one. */
export function readButtonParams(text: string): ButtonParam[] | undefined {
  if (text === '') return [];
  try {
    const params: unknown = JSON.parse(text);
    return Array.isArray(params) && params.every(isButtonParam) ? params : undefined;
  } catch {
    return undefined;
  }
}

function isButtonParam(param: unknown): param is ButtonParam {
  if (typeof param !== 'object' || param === null) return false;
  const { type, values, index, ...others } = param as Record<string, unknown>;
  const isIndex = Number.isInteger(index) && Number(index) >= 0 && Number(index) <= 99;
  return typeof type === 'string' && typeof values === 'string' && isIndex && Object.keys(others).length === 0;
}
