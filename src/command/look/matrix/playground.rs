//! Where `matrix` tries: a throw-away process in namespaces of its own stands for the host, so that what leaks leaks no further than that.

use super::effects::{EFFECTS, Trial};
use crate::kernel::{self, Birth, Fork, Kernel};
use crate::model::NsKind;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::mount::MsFlags;
use std::os::fd::OwnedFd;
use std::path::Path;

/// The namespaces of the playground. Not cgroup: the path that is seen is what is tried. Not time: reading clocks harms nobody.
pub const OWN: &[NsKind] = &[NsKind::Mnt, NsKind::Pid, NsKind::Net, NsKind::Uts, NsKind::Ipc];

/// The user ID that a process in a new user namespace is given.
const INSIDE_UID: u32 = 4242;
/// So far ahead is the boot clock of a new time namespace, in seconds.
const AHEAD: i64 = 86_400;

/// What came of one trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did not reach out.
    Isolated,
    /// It did.
    Leaks,
    /// The process inside was refused, so nothing is known of isolation.
    Denied(Errno),
    /// It could not be tried, or both outcomes look the same.
    Unknown,
}

impl Verdict {
    fn bytes(self) -> [u8; 5] {
        let (letter, errno) = match self {
            Verdict::Isolated => (b'i', 0),
            Verdict::Leaks => (b'l', 0),
            Verdict::Denied(errno) => (b'd', errno as i32),
            Verdict::Unknown => (b'?', 0),
        };
        let [a, b, c, d] = errno.to_ne_bytes();
        [letter, a, b, c, d]
    }

    fn of_bytes(bytes: &[u8]) -> Option<Verdict> {
        let errno = i32::from_ne_bytes(bytes.get(1..5)?.try_into().ok()?);
        Some(match bytes.first()? {
            b'i' => Verdict::Isolated,
            b'l' => Verdict::Leaks,
            b'd' => Verdict::Denied(Errno::from_raw(errno)),
            _ => Verdict::Unknown,
        })
    }
}

/// One trial's verdict, as it comes through the pipe.
pub struct Told {
    /// Which kind, of those asked for.
    pub kind: usize,
    /// Which effect.
    pub effect: usize,
    /// What came of it.
    pub verdict: Verdict,
}

/// How long a verdict is in the pipe, in bytes.
pub const LENGTH: usize = 8;

impl Told {
    /// Reads one.
    pub fn read(bytes: &[u8]) -> Option<Told> {
        Some(Told {
            kind: usize::from(*bytes.first()?),
            effect: usize::from(*bytes.get(1)?),
            verdict: Verdict::of_bytes(bytes.get(3..LENGTH)?)?,
        })
    }
}

/// Tries everything and tells it to `report`. `mapped`: the playground has a user namespace of its own, which needs its IDs first.
/// Its exit status: 0, or the errno of what could not be made ready.
pub fn play(kinds: &[NsKind], mapped: Option<(u32, u32)>, report: &OwnedFd) -> i32 {
    let mut kernel = Kernel::new();
    match ready(&mut kernel, mapped) {
        Ok((dir, victim)) => {
            let mut number = 0;
            for (k, kind) in kinds.iter().enumerate() {
                // Children are born into the new time namespace from here on, so this kind comes last.
                let late = if *kind == NsKind::Time { shift_clock(&mut kernel) } else { Ok(()) };
                for (e, _) in EFFECTS.iter().enumerate() {
                    number += 1;
                    let verdict = match late {
                        Ok(()) => trial(&mut kernel, *kind, e, number, &dir, victim).unwrap_or_else(Verdict::Denied),
                        Err(errno) => Verdict::Denied(errno),
                    };
                    let head = [k as u8, e as u8, 0];
                    let bytes = [&head[..], &verdict.bytes()].concat();
                    if nix::unistd::write(report, &bytes).is_err() {
                        return Errno::EPIPE as i32;
                    }
                }
            }
            0
        }
        Err(errno) => errno as i32,
    }
}

/// IDs, a tree of mounts that nothing leaves, a filesystem of its own to write on, and a process to send signals to.
fn ready(kernel: &mut Kernel, mapped: Option<(u32, u32)>) -> Result<(String, i32), Errno> {
    if let Some((uid, gid)) = mapped {
        map(kernel, 0, uid, 0, gid)?;
    }
    kernel.mount(None, "/", None, (MsFlags::MS_REC | MsFlags::MS_PRIVATE).bits(), None)?;
    let dirs = ["/tmp", "/run", "/mnt", "/dev"];
    let dir = dirs.into_iter().find(|dir| Path::new(dir).is_dir()).ok_or(Errno::ENOTDIR)?;
    kernel.mount(Some("none"), dir, Some("tmpfs"), 0, None)?;
    let victim = kernel::fork_worker(|| {
        loop {
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
    })?;
    Ok((dir.into(), victim))
}

/// A process in a user namespace maps its own IDs, which needs no right.
fn map(kernel: &mut Kernel, uid: u32, outer_uid: u32, gid: u32, outer_gid: u32) -> Result<(), Errno> {
    kernel.write_file(Path::new("/proc/self/setgroups"), "deny")?;
    kernel.write_file(Path::new("/proc/self/uid_map"), &format!("{uid} {outer_uid} 1"))?;
    kernel.write_file(Path::new("/proc/self/gid_map"), &format!("{gid} {outer_gid} 1"))
}

fn shift_clock(kernel: &mut Kernel) -> Result<(), Errno> {
    kernel.unshare(&[NsKind::Time])?;
    kernel.write_file(Path::new("/proc/self/timens_offsets"), &format!("boottime {AHEAD} 0"))
}

/// One effect, tried by a process in one new namespace. Errors: that process could not be made.
fn trial(kernel: &mut Kernel, kind: NsKind, effect: usize, number: u32, dir: &str, victim: i32) -> Result<Verdict, Errno> {
    let effect = &EFFECTS[effect];
    let mut trial = Trial {
        number,
        dir: dir.into(),
        victim,
        pipe: nix::unistd::pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?,
        device: nix::sys::stat::stat(dir)?.st_dev,
        child: 0,
    };
    let (answer, answers) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let (wait, go) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let (uid, gid) = (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw());
    let new = if kind == NsKind::Time { Vec::new() } else { vec![kind] };
    match kernel.clone3(Birth::within(&new))? {
        Fork::Child => {
            drop((answer, go));
            let mut kernel = Kernel::new();
            let mapped = if kind == NsKind::User { map(&mut kernel, INSIDE_UID, uid, INSIDE_UID, gid) } else { Ok(()) };
            let got = mapped.and_then(|()| (effect.inside)(&trial, &mut kernel));
            let (value, errno) = got.map_or_else(|errno| (0, errno as i32), |value| (value, 0));
            let bytes = [&value.to_ne_bytes()[..], &errno.to_ne_bytes()].concat();
            // What was done lasts until the other side has looked: it closes its end then, or has ended.
            let _ = nix::unistd::write(&answers, &bytes);
            let _ = nix::unistd::read(&wait, &mut [0]);
            kernel::exit_now(0)
        }
        Fork::Parent(child) => {
            drop((answers, wait));
            trial.child = child;
            let mut bytes = [0; 12];
            let got = nix::unistd::read(&answer, &mut bytes);
            let value = bytes.get(..8).and_then(|part| part.try_into().ok()).map_or(0, i64::from_ne_bytes);
            let errno = bytes.get(8..).and_then(|part| part.try_into().ok()).map_or(0, i32::from_ne_bytes);
            let verdict = match (got, errno) {
                (Ok(12), 0) => match (effect.leaks)(&trial, kernel, value) {
                    Some(true) => Verdict::Leaks,
                    Some(false) => Verdict::Isolated,
                    None => Verdict::Unknown,
                },
                (Ok(12), errno) => Verdict::Denied(Errno::from_raw(errno)),
                _ => Verdict::Unknown,
            };
            drop(go);
            let _ = kernel.wait4(child, false);
            // Its record is read by nobody.
            kernel.take();
            Ok(verdict)
        }
    }
}
