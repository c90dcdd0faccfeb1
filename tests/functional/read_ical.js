// Reads a calendar with ical.js: facts of every event as JSON on stdout.
const path = require("path");
(async () => {
  const { default: ICAL } = await import(path.join(__dirname, "../node_modules/ical.js/dist/ical.js"));
  const text = require("fs").readFileSync(0, "utf8");
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone"))
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const events = calendar.getAllSubcomponents("vevent").map((v) => {
    const e = new ICAL.Event(v);
    return {
      uid: e.uid, summary: e.summary, location: e.location, sequence: e.sequence,
      status: v.getFirstPropertyValue("status"), allday: e.startDate.isDate,
      modified: v.getFirstPropertyValue("last-modified").toString(),
      start: e.startDate.isDate ? e.startDate.toString() : e.startDate.toUnixTime(),
      end: e.endDate.isDate ? e.endDate.toString() : e.endDate.toUnixTime(),
    };
  });
  console.log(JSON.stringify({ name: calendar.getFirstPropertyValue("x-wr-calname"), events }));
})();
