import type { Hue, Unit } from "./picture";

// Colours stay names of the theme's variables all the way into the SVG, so that a change of theme, and paper,
// re-colour a picture without drawing it again.
const HUES: Record<Hue, string> = {
  person: "var(--color-accent)",
  company: "var(--color-secondary)",
  relation: "var(--color-primary)",
  good: "var(--color-success)",
  bad: "var(--color-error)",
  plain: "var(--color-base-content)",
  muted: "color-mix(in oklab, var(--color-base-content) 38%, var(--color-base-100))",
};

export const INK = "var(--color-base-content)";
export const MUTED = "var(--muted)";
export const LINE = "var(--line)";
export const PAPER = "var(--color-base-100)";

/** The colour of a hue. */
export function colour(hue: Hue): string {
  return HUES[hue];
}

/** A field of a heat map, from 0 to 1: the theme's `--heat` says how far it may go so that ink stays readable on it. */
export function heatOf(hue: Hue, strength: number): string {
  const share = Math.round((0.06 + 0.94 * Math.min(Math.max(strength, 0), 1)) * 1000) / 1000;
  return `color-mix(in oklab, ${HUES[hue]} calc(var(--heat) * ${share}), ${PAPER})`;
}

/** How the language of the page writes numbers of a unit: in full, or short for the ticks of an axis. */
export function writer(unit: Unit, language: string, short = false): (value: number) => string {
  const digits = unit.digits ?? (unit.kind === "share" ? 1 : 0);
  if (unit.kind === "share") {
    const plain = new Intl.NumberFormat(language, { maximumFractionDigits: short ? 0 : digits });
    const space = language === "en" ? "" : "\u00a0";
    return (value) => `${plain.format(value * 100)}${space}%`;
  }
  const compact: Intl.NumberFormatOptions = {
    notation: "compact", compactDisplay: language === "vi" ? "long" : "short", maximumFractionDigits: 1,
  };
  const money: Intl.NumberFormatOptions =
    unit.kind === "money" && unit.currency
      ? { style: "currency", currency: unit.currency, currencyDisplay: "narrowSymbol", maximumFractionDigits: digits }
      : { maximumFractionDigits: digits };
  const format = new Intl.NumberFormat(language, short ? { ...(unit.kind === "money" ? {} : money), ...compact } : money);
  return (value) => format.format(value);
}

/** Text that is safe inside a tooltip, which takes HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
