// Colours and shapes of sides: told apart by shape as well, for those who do not see the colours.
import type { Mood } from "../map/palette";

export interface Ink { fill: string; line: string; soft: string }

// Okabe and Ito's colours, which most kinds of colour blindness tell apart
const DAY: Ink[] = [
  { fill: "#0072b2", line: "#00395a", soft: "rgba(0,114,178,0.28)" },
  { fill: "#d55e00", line: "#6b2f00", soft: "rgba(213,94,0,0.28)" },
  { fill: "#009e73", line: "#004f39", soft: "rgba(0,158,115,0.28)" },
  { fill: "#cc79a7", line: "#6d3453", soft: "rgba(204,121,167,0.3)" },
  { fill: "#b8860b", line: "#5c4305", soft: "rgba(184,134,11,0.3)" },
  { fill: "#5b4fa8", line: "#2c2560", soft: "rgba(91,79,168,0.3)" },
];
const NIGHT: Ink[] = [
  { fill: "#56b4e9", line: "#0b2a3d", soft: "rgba(86,180,233,0.3)" },
  { fill: "#f08a3c", line: "#3a1a04", soft: "rgba(240,138,60,0.3)" },
  { fill: "#3ccf9f", line: "#06352a", soft: "rgba(60,207,159,0.3)" },
  { fill: "#e29bc4", line: "#3f1a30", soft: "rgba(226,155,196,0.3)" },
  { fill: "#e6c04a", line: "#3d3005", soft: "rgba(230,192,74,0.3)" },
  { fill: "#a79bf0", line: "#1e1848", soft: "rgba(167,155,240,0.3)" },
];

export function inkOf(side: number, mood: Mood): Ink {
  const inks = mood === "dark" ? NIGHT : DAY;
  return inks[((side % inks.length) + inks.length) % inks.length]!;
}

const CORNERS = [0, 4, 3, 6, 5, 8];

/** Puts the outline of a side's shape around (0, 0) into the path. */
export function shapeOf(path: CanvasPath, side: number, r: number): void {
  const corners = CORNERS[side % CORNERS.length]!;
  if (corners === 0) {
    path.moveTo(r, 0);
    path.arc(0, 0, r, 0, Math.PI * 2);
    return;
  }
  const big = r * (corners === 4 ? 1.2 : corners === 3 ? 1.28 : 1.08);
  for (let k = 0; k <= corners; k++) {
    const a = (k / corners) * Math.PI * 2 - Math.PI / 2;
    const px = Math.cos(a) * big;
    const py = Math.sin(a) * big + (corners === 3 ? r * 0.14 : 0);
    if (k === 0) path.moveTo(px, py);
    else path.lineTo(px, py);
  }
}
