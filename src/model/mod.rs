//! The words every layer shares: plain data, no I/O.

mod call;
mod cap;
mod change;
mod errno;
mod live;
mod mounts;
mod names;
mod ns;
mod pane;
mod report;
mod rlimit;
mod size;
mod snapshot;
mod text;
mod turn;
mod view;
mod walls;

pub use call::{Arg, Call};
pub use cap::{ALL_CAPS, CAPS, SECUREBITS, cap_name, cap_names, cap_number, caps_msg, caps_text, securebits_text};
pub use change::{Change, changes};
pub use errno::{errno_name, errno_named, errno_words};
pub use live::{CgroupLive, ControllerEnd, FileLive, Live, MountLive, PidLive, UsernsLive, cgroup_name};
pub use names::Names;
pub use ns::{NsId, NsKind, Row as NsRow};
pub use pane::{Branch, CpuGauge, Gauge, Gauges, Mounted, Outsider, Watched};
pub use report::{PaneOrder, PaneWish, Posted, Report, Scene, Side, Who};
pub use rlimit::{RESOURCES, Resource, Rlimit, resource};
pub use size::{BadSize, Size};
pub use snapshot::{Bounds, Clocks, Creds, IdMap, Inside, Seen, Snapshot};
pub use text::{Lang, Msg, Text};
pub use turn::{Advice, Cause, End, Exit, Note, NoteKind, Place, Standing, Turn};
pub use view::{Block, Cell, Grid, Mark};
pub use walls::{CgroupLimit, FileId, Walls};
