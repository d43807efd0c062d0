// Tests run as CommonJS through swc; tsc checks types in its own step. Packages that ship ES modules only are
// transformed too. What needs a real process (services, the whole stage) is started as one, on the pinned Node.
const esmOnly = ["p-retry", "is-network-error"];

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/(dist|cdktf\\.out|\\.local)/"],
  transform: {
    "\\.[jt]s$": [
      "@swc/jest",
      {
        jsc: { target: "es2023", parser: { syntax: "typescript" } },
        module: { type: "commonjs" },
        sourceMaps: "inline",
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join("|")})/)`],
  testTimeout: 30_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: "768MB",
};
