// To be imported before anything that loads the addon: this process then has the one with faults.
import { faultBuild } from "./faults.ts";

process.env.NAPI_RS_NATIVE_LIBRARY_PATH = faultBuild();
