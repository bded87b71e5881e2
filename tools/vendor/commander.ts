/** Becomes a part of this package when it is built (scripts/tasks/vendor.mjs): who only needs `register` is not to install it. */
export { Command, InvalidArgumentError, Option } from "commander";
