import { defineConfig } from "vite";

// One script and one style, inlined into the page by Python: no chunks, no loader, no request.
export default defineConfig({
  build: {
    outDir: "../src/rearguard/tell/assets",
    emptyOutDir: true,
    target: "es2022",
    cssMinify: true,
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "Rearguard", fileName: () => "viewer.js", cssFileName: "viewer" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
  test: { include: ["test/**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
