//! What commands that watch for some seconds have in common: how long, and what was seen meanwhile.

use super::{Args, Outside, Said, Stop};
use crate::model::{Cell, Msg};
use std::time::{Duration, Instant};

/// How long where nothing is said, and at most, in seconds.
const SECONDS: u64 = 10;
const MOST: u64 = 3600;
/// Not many more lines than this.
const LINES: usize = 200;

/// How long is to be watched, by the parameter SECONDS.
///
/// Errors: a usage error for 0, and above an hour.
pub fn seconds(args: &Args) -> Result<Duration, Stop> {
    let seconds = args.number("SECONDS").unwrap_or(SECONDS);
    if !(1..=MOST).contains(&seconds) {
        return Err(Stop::Usage(Msg::new(
            format!("SECONDS is a number from 1 on, at most {MOST}"),
            format!("SECONDS 应为 1 到 {MOST} 的数字"),
        )));
    }
    Ok(Duration::from_secs(seconds))
}

/// From now on, for so long.
pub struct Watching {
    start: Instant,
    length: Duration,
    rows: Vec<Vec<Cell>>,
    /// What was seen so far.
    pub events: usize,
}

impl Watching {
    /// Begins.
    pub fn new(length: Duration) -> Watching {
        Watching { start: Instant::now(), length, rows: Vec::new(), events: 0 }
    }

    /// Is there time left, room for more lines, and no Ctrl-C?
    pub fn goes_on(&self, cx: &Outside<'_>) -> bool {
        self.start.elapsed() < self.length && !self.is_full() && !cx.lookout.interrupted()
    }

    /// Was there more than anybody reads?
    pub fn is_full(&self) -> bool {
        self.events >= LINES
    }

    /// Says at once what happened, with the time since the beginning; where nobody listens it is for the end.
    pub fn saw(&mut self, cx: &Outside<'_>, what: &[&str]) {
        let at = format!("{:.2} s", self.start.elapsed().as_secs_f64());
        self.events += 1;
        if !cx.lookout.say(&Msg::same(format!("{at:>8}  {}", what.join("  ")))) {
            self.rows.push([at.as_str()].iter().chain(what).map(|text| Cell::new(*text)).collect());
        }
    }

    /// What has not been said yet, and for how many seconds it was watched, at least one.
    pub fn end(self) -> (Said, u64) {
        let took = self.start.elapsed().as_secs().max(1);
        let said = if self.rows.is_empty() { Said::nothing() } else { Said::grid(Vec::new(), self.rows) };
        (said, took)
    }
}
