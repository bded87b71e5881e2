import { countVideos } from "../host/page-videos.js";
import type { Finding } from "./finding.js";

/** Whether the project's page has videos at all; nothing where it has, or where there is no page. */
export function checkVideos(project: string): Finding[] {
  if (countVideos(project) !== 0) return [];
  return [
    {
      code: "PAGE_WITHOUT_VIDEO",
      check: "page",
      status: "warning",
      found: "There is no <video> on the page: the drop-in has nothing to do.",
      advice: "Nothing, unless a script of the page adds one.",
    },
  ];
}
