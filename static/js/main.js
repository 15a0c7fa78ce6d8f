// Progressive enhancement: every page works without scripts. Each module looks for its own
// elements and does nothing on pages that have none.

import { startActs } from "./acts.js";
import { startAloud } from "./aloud.js";
import { startAway } from "./away.js";
import { startCopying } from "./copy.js";
import { showOutside } from "./counts.js";
import { startDevicePage } from "./device_page.js";
import { startEmbeds } from "./embeds.js";
import { startFullText } from "./fulltext.js";
import { startGarden } from "./garden.js";
import { startHelp } from "./help.js";
import { startImport } from "./import.js";
import { act, startKeys } from "./keys.js";
import { startLines } from "./lines.js";
import { startLook } from "./look.js";
import { startMarks } from "./marks.js";
import { startMenus } from "./menus.js";
import { startNotices } from "./notices.js";
import { startOpening } from "./open.js";
import { startOrder } from "./order.js";
import { startPalette } from "./palette.js";
import { startPasskeys } from "./passkeys.js";
import { startPictures } from "./pictures.js";
import { startPlayer } from "./player.js";
import { startPulse } from "./pulse.js";
import { startRail } from "./rail.js";
import { startRules } from "./rules.js";
import { startSearch } from "./search.js";
import { startSession } from "./session.js";
import { startShell } from "./shell.js";
import { startStars } from "./stars.js";
import { startSwipes } from "./swipe.js";
import { startTimes } from "./times.js";
import { startWaking } from "./returning_reader.js";
import { startWorker } from "./worker.js";

// Removes the mark of a request that waited for the store to open.
if (location.search.includes("waking=1")) {
  const here = new URL(location.href);
  here.searchParams.delete("waking");
  history.replaceState(history.state, "", here);
}
startSession();
startNotices();
startMenus();
startHelp();
startCopying();
startPasskeys();
startSearch();
startRules();
startOrder();
startImport();
startTimes();
if (document.body.dataset.user) {
  startRail();
  startMarks();
  startActs();
  startLines();
  startFullText();
  startOpening();
  startStars();
  startPalette(act);
  startKeys();
  startPictures();
  startPlayer();
  startEmbeds();
  startAloud();
  startSwipes();
  startLook();
  startGarden();
  showOutside();
  startPulse();
  startWorker();
  startAway();
  startShell();
  startDevicePage();
  startWaking();
}
