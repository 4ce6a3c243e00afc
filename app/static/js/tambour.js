// The one entry: every page works without it. Each module finds its own elements and minds nothing else.
import { keepDrafts } from "./drafts.js";
import { runCountdowns } from "./countdown.js";
import { startPolling } from "./poll.js";
import { stayWithoutNetwork } from "./offline.js";
import { tidyMenus } from "./menu.js";
import { insertPlaces } from "./insert.js";

document.documentElement.classList.add("scripted"); // what only a script makes true is said from here on: .scripts-only
keepDrafts();
runCountdowns();
startPolling();
stayWithoutNetwork();
tidyMenus();
insertPlaces();
