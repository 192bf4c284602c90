import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin } from "vite";
import { icons } from "./icons.ts";

const here = import.meta.dirname;

/** One SVG with a symbol per icon of `icons.ts`, listed in the manifest as `icons.svg`. */
function iconSprite(): Plugin {
  const symbol = (name: string): string => {
    const file = readFileSync(resolve(here, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const shapes = file.slice(file.indexOf(">", file.indexOf("<svg")) + 1, file.indexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
  };
  return {
    name: "icon-sprite",
    generateBundle() {
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${icons.map(symbol).join("")}</svg>`;
      this.emitFile({ type: "asset", name: "icons.svg", originalFileName: "icons.svg", source });
    },
  };
}

/** Inter as TrueType beside the pages' own: what `core/typesetting.py` sets papers in. */
function paperFonts(): Plugin {
  const folder = resolve(here, "node_modules/@expo-google-fonts/inter");
  const faces = ["400Regular", "400Regular_Italic", "600SemiBold"];
  return {
    name: "paper-fonts",
    generateBundle() {
      for (const face of faces) {
        const source = readFileSync(resolve(folder, face, `Inter_${face}.ttf`));
        this.emitFile({ type: "asset", fileName: `fonts/Inter_${face}.ttf`, source });
      }
      const source = readFileSync(resolve(folder, "LICENSE_FONT"));
      this.emitFile({ type: "asset", fileName: "fonts/LICENSE.txt", source });
    },
  };
}

export default defineConfig({
  base: "./",
  root: here,
  publicDir: false,
  plugins: [tailwindcss(), iconSprite(), paperFonts()],
  build: {
    outDir: resolve(here, "../src/rapport/static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 640, // ECharts, a chunk of its own that only pages with pictures load
    rollupOptions: {
      input: { main: "src/main.ts" },
      onwarn(warning, tell) {
        if (warning.code !== "EVAL") tell(warning); // htmx has one, and main.ts turns it off
      },
    },
  },
});
