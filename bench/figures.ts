/** How figures are written in tables. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');
export const oneDecimal = (value: number): string => value.toFixed(1);
export const seconds = (value: number): string => `${value.toFixed(2)} s`;
export const milliseconds = (value: number): string =>
  value < 10_000 ? `${whole(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
export const megabytes = (value: number): string => `${(value / 1024 / 1024).toFixed(0)} MB`;
export const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
export const times = (value: number): string => `${value >= 10 ? value.toFixed(1) : value.toFixed(2)} ×`;
