//! A child that does one thing in the subject's stead, says what came of it, and ends.

use crate::command::{Inside, Stop};
use crate::kernel::{self, Birth, Fork};
use crate::model::Msg;
use nix::errno::Errno;
use nix::fcntl::{OFlag, readlink};
use serde::{Serialize, de::DeserializeOwned};
use std::os::fd::OwnedFd;

/// Runs `work` in a child and gives what it returned. The calls that it records are shown between those of the subject.
///
/// Errors: Unfit where the child would be PID 1 of a new namespace, or ended before it could answer; as [`kernel::Kernel::clone3`].
pub fn in_child<T: Serialize + DeserializeOwned>(
    cx: &mut Inside<'_>,
    work: impl FnOnce(&mut Inside<'_>) -> T,
) -> Result<T, Stop> {
    spare_namespace()?;
    let parent = nix::unistd::getpid().as_raw();
    // The child begins when the parent's record of the clone is on its way.
    let (wait, go) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    let (hear, tell) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    match cx.kernel.clone3(Birth::default())? {
        Fork::Child => {
            drop((go, hear));
            let _ = nix::unistd::read(&wait, &mut [0]);
            kernel::die_with_parent(parent);
            let mut bytes = serde_json::to_vec(&work(cx)).unwrap_or_default();
            bytes.push(b'\n');
            say(&tell, &bytes);
            kernel::exit_now(0)
        }
        Fork::Parent(child) => {
            drop((wait, go, tell));
            let answer = listen(&hear);
            while cx.kernel.wait4(child, false) == Err(Errno::EINTR) {}
            serde_json::from_slice(&answer).map_err(|_| {
                Stop::Unfit(Msg::new("the child ended before it could say what came of it", "子进程还没来得及报告结果就结束了"))
            })
        }
    }
}

fn say(pipe: &OwnedFd, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match nix::unistd::write(pipe, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::EINTR) => {}
            // Nobody hears it; the parent will say so.
            Err(_) => return,
        }
    }
}

/// One line. Not until the end of the file: a grandchild may still hold the other end.
pub fn listen(pipe: &OwnedFd) -> Vec<u8> {
    let mut line = Vec::new();
    let mut piece = [0; 4096];
    while line.last() != Some(&b'\n') {
        match nix::unistd::read(pipe, &mut piece) {
            Ok(0) => break,
            Ok(got) => line.extend_from_slice(&piece[..got]),
            Err(Errno::EINTR) => {}
            Err(_) => break,
        }
    }
    line
}

/// The first child after `unshare pid` is PID 1 of the new namespace, which dies with it: nothing to be thrown away.
///
/// Errors: Unfit where that is so.
pub fn spare_namespace() -> Result<(), Stop> {
    // The link is there once the namespace has its PID 1 (pid_namespaces(7)).
    match readlink("/proc/self/ns/pid_for_children") {
        Err(Errno::ENOENT) if readlink("/proc/self/ns/pid").is_ok() => Err(Stop::Unfit(Msg::new(
            "the next child will be PID 1 of the new PID namespace, and the namespace would end with it: `fork` first",
            "下一个子进程将是新 PID 命名空间的 1 号进程，它一结束，命名空间也就完了：请先执行 `fork`",
        ))),
        _ => Ok(()),
    }
}
