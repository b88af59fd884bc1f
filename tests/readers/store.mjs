// A calendar programme in small, on ical.js: it keeps the newest of each UID.
// Reads a JSON list of iCalendar texts, prints what is in the calendar after each was taken in.
import ICAL from "ical.js";
import { readFileSync } from "node:fs";

const texts = JSON.parse(readFileSync(0, "utf8"));
const kept = new Map();
for (const text of texts) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  const isCancel = calendar.getFirstPropertyValue("method") === "CANCEL";
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    const before = kept.get(event.uid);
    if (before && before.sequence > event.sequence) continue;
    kept.set(event.uid, {
      uid: event.uid,
      sequence: event.sequence,
      status: isCancel ? "CANCELLED" : component.getFirstPropertyValue("status"),
      summary: event.summary,
      location: event.location,
      local: event.startDate.toString(),
      utc: event.startDate.toJSDate().toISOString(),
      ends: event.endDate.toString(),
    });
  }
}
console.log(JSON.stringify([...kept.values()]));
