import { randomUUID } from "node:crypto";
import { copyFileSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";

/**
 * Copies a library to where a process may have it loaded. One that is there already, byte for byte, is left alone; any other is replaced by
 * name, never written over: a process that has it mapped would end with SIGBUS.
 */
export function placeFile(from: string, to: string): void {
  if (isSame(from, to)) return;
  const temporary = `${to}.${randomUUID()}.tmp`;
  try {
    copyFileSync(from, temporary);
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function isSame(from: string, to: string): boolean {
  const there = statSync(to, { throwIfNoEntry: false });
  return there?.size === statSync(from).size && readFileSync(from).equals(readFileSync(to));
}
