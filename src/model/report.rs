//! What a session tells whoever draws it beside the prompt: who the subjects are, what changed, what the pane is to do.

use super::{Change, Inside, Lang, Names};
use serde::{Deserialize, Serialize};

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Report {
    /// How things stand between two lines.
    Scene(Scene),
    /// A line begins to run.
    Runs,
    /// The editor waits for a line; its prompt, bare. Empty: it has one.
    Prompt(String),
    /// PageUp and PageDown are the shell's at its prompt (true), not the scroll-back's: a presenter's remote control sends them.
    Pages(bool),
    /// What the pane is to do.
    Pane(PaneOrder),
    /// The pane's answer is hidden (true) while a learner predicts it, and shown again.
    Cover(bool),
}

/// How things stand between two lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// The language of the screen.
    pub lang: Lang,
    /// The names of namespaces.
    pub names: Names,
    /// The subjects.
    pub subjects: Vec<Who>,
    /// The current one's name.
    pub current: String,
    /// What the last line changed in the current one.
    pub changes: Vec<Change>,
}

/// What a session lets others see of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// How things stand.
    pub scene: Scene,
    /// The answer is hidden: a learner predicts it.
    pub covered: bool,
}

impl Posted {
    /// The name of the file of memory that it stands in.
    pub const FILE: &str = "boxlab-board";
}

/// A subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Its name.
    pub name: String,
    /// The process that the observer started: the root of its tree.
    pub root: i32,
    /// The process that serves now.
    pub pid: i32,
    /// What it last said of itself.
    pub inside: Option<Inside>,
}

/// An order to the pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaneOrder {
    /// Show it.
    On,
    /// Hide it.
    Off,
    /// Put it there.
    Side(Side),
    /// This many columns at the right.
    Width(u16),
}

/// Where the pane is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// At the right where there is room, else at the bottom.
    #[default]
    Auto,
    /// At the right.
    Right,
    /// At the bottom.
    Bottom,
}

/// How somebody wants the pane: remembered from session to session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaneWish {
    /// Shown at all.
    pub on: bool,
    /// Where.
    pub side: Side,
    /// Columns at the right; 0: as many as fit well.
    pub width: u16,
}

impl Default for PaneWish {
    fn default() -> PaneWish {
        PaneWish { on: true, side: Side::Auto, width: 0 }
    }
}

impl PaneWish {
    /// Obeys an order.
    pub fn obey(&mut self, order: PaneOrder) {
        match order {
            PaneOrder::On => self.on = true,
            PaneOrder::Off => self.on = false,
            PaneOrder::Side(side) => (self.on, self.side) = (true, side),
            PaneOrder::Width(width) => (self.on, self.side, self.width) = (true, Side::Right, width),
        }
    }
}
