import { initAll } from "./nhsuk/nhsuk-frontend.min.js";
import { keepUpToDate } from "./live.js";

initAll();
keepUpToDate();
