// Colours of the ground by day and by night.
import { type Look, LOOKS } from "./ground";

export type Rgb = readonly [number, number, number];
export type Mood = "light" | "dark";

const DAY: Record<Look, Rgb> = {
  street: [226, 217, 200], path: [217, 199, 164], dirt: [212, 193, 158], grass: [196, 208, 152], field: [222, 208, 142],
  sand: [235, 221, 180], mud: [167, 143, 112], rubble: [198, 188, 174], water: [132, 181, 203], floor: [214, 190, 153],
  gate: [176, 140, 98], forest: [158, 181, 122], brush: [166, 187, 117], roof: [190, 120, 88], wall_top: [184, 178, 168],
  wall: [151, 142, 132], chimney: [122, 104, 94], rock: [150, 146, 138],
};
const NIGHT: Record<Look, Rgb> = {
  street: [62, 66, 76], path: [66, 64, 66], dirt: [62, 61, 62], grass: [46, 59, 56], field: [66, 66, 55], sand: [80, 78, 72],
  mud: [52, 48, 47], rubble: [68, 69, 74], water: [33, 58, 82], floor: [79, 72, 66], gate: [84, 70, 57], forest: [33, 48, 47],
  brush: [42, 58, 50], roof: [92, 66, 64], wall_top: [92, 95, 104], wall: [44, 47, 56], chimney: [58, 52, 54], rock: [58, 62, 70],
};

export interface Palette { looks: Rgb[]; crown: Rgb; crownLight: Rgb; crownShade: string; ink: number; beyond: string; light: number }

export const PALETTES: Record<Mood, Palette> = {
  light: {
    looks: LOOKS.map((l) => DAY[l]), crown: [98, 140, 84], crownLight: [151, 184, 118], crownShade: "rgba(40,60,30,0.28)", ink: 0.52,
    beyond: "#efe9dc", light: 1,
  },
  dark: {
    looks: LOOKS.map((l) => NIGHT[l]), crown: [38, 66, 56], crownLight: [62, 94, 74], crownShade: "rgba(0,0,0,0.4)", ink: 0.5,
    beyond: "#14171d", light: 0.75,
  },
};
