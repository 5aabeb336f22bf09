//! `mounts watch`: mounts as they come and go. poll(2) on /proc/PID/mountinfo.

use crate::command::watching::{self, Watching};
use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::model::{MountLive, Msg, NoteKind, Seen, Text};
use crate::observe::mounts::of;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

/// How often Ctrl-C is asked for, in milliseconds.
const LOOK: u16 = 100;

/// The card.
pub const CARD: Card = Card {
    name: "mounts watch",
    args: &[Param {
        name: "SECONDS",
        kind: Kind::Number,
        count: Count::Optional,
        about: Text {
            en: "how long; 10 without it, Ctrl-C ends it", zh: "多久；省略则为 10 秒，Ctrl-C 可提前结束"
        },
    }],
    primitive: Primitive::Read("/proc/PID/mountinfo"),
    man: &[Man("poll", 2), Man("proc_pid_mounts", 5), Man("proc_pid_mountinfo", 5), Man("mount_namespaces", 7)],
    own: &[],
    summary: Text {
        en: "mounts of the subject's namespace as they come and go",
        zh: "实时查看被观察进程的挂载命名空间中挂载的增减",
    },
    explain: Text {
        en: "The kernel counts the changes of each mount namespace. A program that has mountinfo open and waits in poll(2) for POLLPRI is woken by each (the answer is POLLPRI|POLLERR: an event, no error), and \
             reads the list anew to see what it was: that is how systemd and udisks hear of mounts. The event does not say which mount it was, several can be one, and one that comes and goes in between is not seen. \
             While the file is open its mount namespace lives on. Mounts that propagation brings from elsewhere are events here, too. Run something in the background first: `spawn -b …`.",
        zh: "内核为每个挂载命名空间的变化计数。打开 mountinfo 并在 poll(2) 中等待 POLLPRI 的程序，每次变化都会被唤醒（返回 POLLPRI|POLLERR：表示事件，而不是错误），然后重新读取列表看看变了什么：\
             systemd 和 udisks 就是这样得知挂载变化的。事件本身不说明是哪个挂载，多次变化可能合为一个事件，期间出现又消失的则看不到。文件打开期间，该挂载命名空间会一直存在。由传播带来的挂载同样是事件。\
             请先在后台运行些什么：`spawn -b …`。",
    },
    equivalents: &[Equivalent { tool: "findmnt(8)", line: "findmnt --poll --task PID" }],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; spawn -b sh -c 'sleep 0.5; mount -t tmpfs seen /mnt; sleep 0.5; umount /mnt'",
            line: "mounts watch 2",
            shows: "+ /mnt (tmpfs)",
            needs: "root",
        },
        Example { after: "", line: "mounts watch 1", shows: "watched for 1 s", needs: "" },
        Example { after: "", line: "mounts watch 9999", shows: "at most 3600", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let length = watching::seconds(args)?;
    let pid = cx.subject.pid();
    let path = format!("/proc/{pid}/mountinfo");
    let no = |error: std::io::Error| Stop::unread(&path, error.raw_os_error().unwrap_or(0));
    let file = File::open(&path).map_err(no)?;
    let mut was = list(pid)?;
    let mut watching = Watching::new(length);
    while watching.goes_on(cx) {
        let mut fds = [PollFd::new(file.as_fd(), PollFlags::POLLPRI)];
        // A signal is asked for above; a new wait follows in any case.
        let woken = poll(&mut fds, PollTimeout::from(LOOK)).is_ok_and(|ready| ready > 0);
        if !woken {
            continue;
        }
        let is = list(pid)?;
        for text in changes(&was, &is) {
            watching.saw(cx, &[&text]);
        }
        was = is;
    }
    let events = watching.events;
    let (said, took) = watching.end();
    Ok(said.note(
        NoteKind::Did,
        Msg::new(format!("watched for {took} s: {events} changes"), format!("观察了 {took} 秒：{events} 次变化")),
    ))
}

fn list(pid: i32) -> Result<Vec<MountLive>, Stop> {
    match of(Path::new("/proc"), pid) {
        Seen::Is(mounts) => Ok(mounts),
        Seen::Not { path, errno } => Err(Stop::unread(&path, errno)),
    }
}

/// What went, what came, and of what stayed which options or propagation are others. A mount keeps its number as long as it lives.
fn changes(was: &[MountLive], is: &[MountLive]) -> Vec<String> {
    let with = |list: &[MountLive], id: u32| list.iter().find(|mount| mount.id == id).cloned();
    let gone = was.iter().filter(|mount| with(is, mount.id).is_none()).map(|mount| format!("- {} ({})", mount.point, mount.fs));
    let here = is.iter().filter_map(|mount| match with(was, mount.id) {
        None => Some(format!("+ {} ({})", mount.point, mount.fs)),
        Some(before) if before.point != mount.point => Some(format!("  {} → {}", before.point, mount.point)),
        Some(before) if before.options != mount.options => {
            Some(format!("  {}: {} → {}", mount.point, before.options.join(","), mount.options.join(",")))
        }
        Some(before) if before.tags != mount.tags => {
            Some(format!("  {}: {} → {}", mount.point, before.propagation(), mount.propagation()))
        }
        Some(_) => None,
    });
    gone.chain(here).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::mounts::of_text;

    #[test]
    fn what_came_went_moved_or_changed_is_told() {
        let was = of_text(
            "1 0 8:1 / / rw - ext4 a rw\n2 1 0:9 / /mnt rw - tmpfs t rw\n3 1 0:8 / /srv rw - tmpfs s rw\n4 1 0:7 / /opt rw - tmpfs o rw\n",
        );
        let is = of_text(
            "1 0 8:1 / / rw shared:1 - ext4 a rw\n3 1 0:8 / /media rw - tmpfs s rw\n4 1 0:7 / /opt ro - tmpfs o rw\n5 1 0:6 / /new rw - proc p rw\n",
        );
        let told = ["- /mnt (tmpfs)", "  /: private → shared", "  /srv → /media", "  /opt: rw → ro", "+ /new (proc)"];
        assert_eq!(changes(&was, &is), told);
    }
}
