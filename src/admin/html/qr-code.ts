import { encode } from 'uqr';
import { type Html, html } from './html.js';

/** A QR code as a picture. @param label what it is, for those who don't see it */
export function qrCode(text: string, label: string): Html {
  const { data, size } = encode(text, { border: 4 });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path d="${squares.join('')}"/></svg>`;
}
