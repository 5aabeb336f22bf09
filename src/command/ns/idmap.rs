//! `idmap`: give the subject's user namespace its IDs, from outside. write(2) to /proc/PID/uid_map or gid_map.

use crate::command::{Args, Card, Count, Equivalent, Example, Kind, Man, Outside, Param, Primitive, Run, Said, Stop};
use crate::kernel::{ns_parent, open_on};
use crate::model::{IdMap, Msg, NoteKind, NsKind, Text};
use crate::observe;
use crate::observe::process::{id_maps, link, ns_number, read};
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

/// The bit of CAP_SETGID (capabilities(7)).
const CAP_SETGID: u64 = 1 << 6;

/// The card.
pub const CARD: Card = Card {
    name: "idmap",
    args: &[
        Param {
            name: "WHICH",
            kind: Kind::OneOf(&["uid", "gid"]),
            count: Count::One,
            about: Text { en: "user or group IDs", zh: "用户 ID 或组 ID" },
        },
        Param {
            name: "INSIDE OUTSIDE COUNT",
            kind: Kind::Number,
            count: Count::Many,
            about: Text {
                en: "COUNT IDs from INSIDE on are those from OUTSIDE on in the parent namespace; more such triples may follow",
                zh: "从 INSIDE 起的 COUNT 个 ID，对应父命名空间中从 OUTSIDE 起的 ID；后面可以再跟几组",
            },
        },
    ],
    primitive: Primitive::Write("/proc/PID/uid_map"),
    man: &[Man("user_namespaces", 7), Man("newuidmap", 1)],
    own: &[NsKind::User],
    summary: Text {
        en: "map the IDs of the subject's user namespace", zh: "为被观察进程的用户命名空间写入 ID 映射"
    },
    explain: Text {
        en: "A new user namespace has no IDs: all show as 65534. The map is written once, in one write(2), by a process of the parent \
             namespace: the observer, as a container runtime does it, or a child of it that enters the parent first. Without CAP_SETGID there, a gid_map asks for \
             `deny` in /proc/PID/setgroups first, and without CAP_SETUID or CAP_SETGID one may map only one's own ID.",
        zh: "新的用户命名空间没有任何 ID：全都显示为 65534。映射只能写一次，而且必须由父命名空间中的进程用一次 write(2) 写完：这里由观察者写，\
             容器运行时也是这样做的；必要时由它的子进程先进入父命名空间再写。若在那里没有 CAP_SETGID，写 gid_map 之前要先向 /proc/PID/setgroups 写入 `deny`；\
             没有 CAP_SETUID 或 CAP_SETGID 时，只能映射自己的 ID。",
    },
    equivalents: &[
        Equivalent { tool: "unshare(1)", line: "unshare --user --map-users=0:100000:65536 (or --map-root-user)" },
        Equivalent { tool: "newuidmap(1)", line: "newuidmap PID 0 100000 65536" },
        Equivalent { tool: "docker", line: "dockerd --userns-remap=default" },
    ],
    examples: &[
        Example { after: "unshare user", line: "idmap uid 0 0 1", shows: "uid_map>, \"0 0 1\", 5) = 5", needs: "root" },
        Example { after: "unshare user", line: "idmap uid 0 0 1 1 100000 9", shows: "inside it is 0 now", needs: "root" },
        Example { after: "unshare user", line: "idmap gid 5 0 1", shows: "gid 0 outside: inside it is 5 now", needs: "root" },
        Example {
            after: "unshare user; idmap uid 0 0 9; idmap gid 0 0 9; unshare user",
            line: "idmap uid 7 0 1",
            shows: "CLONE_NEWUSER) = 0",
            needs: "root",
        },
        Example { after: "", line: "idmap uid 0 0 1", shows: "shares the host's user namespace", needs: "" },
    ],
    run: Run::Outside(run),
};

fn run(cx: &mut Outside<'_>, args: &Args) -> Result<Said, Stop> {
    let which = args.one("WHICH");
    let numbers = args.all("INSIDE OUTSIDE COUNT");
    if !numbers.len().is_multiple_of(3) {
        return Err(Stop::Usage(Msg::new(
            format!("the map is made of triples: {}", CARD.usage()),
            format!("映射由三个一组的数字构成：{}", CARD.usage()),
        )));
    }
    let text = numbers.chunks(3).map(|triple| triple.join(" ")).collect::<Vec<_>>().join("\n");
    let dir = PathBuf::from(format!("/proc/{}", cx.subject.pid()));
    let parent = foreign_parent(&dir);
    let mut said = Said::nothing();
    // In a parent namespace that is entered for this, the writer has all capabilities.
    let own = observe::snapshot(Path::new("/proc"), std::process::id() as i32);
    let may = parent.is_some() || own.creds.is().is_some_and(|creds| creds.cap_eff & CAP_SETGID != 0);
    let setgroups = read(&dir.join("setgroups"));
    if which == "gid" && !may && setgroups.is().is_none_or(|text| text.trim() != "deny") {
        cx.kernel.write_file(&dir.join("setgroups"), "deny")?;
        said = said.note(NoteKind::Careful, DENIED);
    }
    let file = dir.join(format!("{which}_map"));
    match &parent {
        Some((fd, label)) => cx.kernel.write_file_in(fd, label, &file, &text)?,
        None => cx.kernel.write_file(&file, &text)?,
    }
    Ok(said.note(NoteKind::Did, now(cx.subject.pid(), which)).note(NoteKind::Unchanged, OUTSIDE))
}

const DENIED: Text = Text {
    en: "setgroups(2) is off in that namespace from now on: else one could drop a group and get at files that are closed to that group",
    zh: "从现在起该命名空间中不能再调用 setgroups(2)：否则可以丢掉某个组，从而访问对该组关闭的文件",
};

const OUTSIDE: Text = Text {
    en: "nothing changes outside: there, files that it makes belong to the outside ID",
    zh: "外部没有任何变化：它创建的文件在外部仍属于那个外部 ID",
};

/// The parent of the process's user namespace, where it is not the observer's own.
fn foreign_parent(dir: &Path) -> Option<(OwnedFd, String)> {
    let file = File::open(dir.join("ns/user")).ok()?;
    let parent = ns_parent(file.as_fd()).ok()?;
    let name = open_on(parent.as_raw_fd()).ok()?;
    let own = link(Path::new("/proc/self/ns/user")).is().map(|id| id.ino);
    (ns_number(&name) != own).then_some((parent, name))
}

/// Who the subject is inside now.
pub(super) fn now(pid: i32, which: &str) -> Msg {
    let seen = observe::snapshot(Path::new("/proc"), pid);
    let own = seen.creds.is().map(|creds| if which == "uid" { creds.euid } else { creds.egid }).unwrap_or(u32::MAX);
    let maps: Vec<IdMap> =
        read(Path::new(&format!("/proc/{pid}/{which}_map"))).is().map(|text| id_maps(text)).unwrap_or_default();
    let inside = maps.iter().find_map(|map| {
        let offset = own.checked_sub(map.outside)?;
        (offset < map.count).then(|| map.inside + offset)
    });
    match inside {
        Some(inside) => Msg::new(
            format!("the subject is {which} {own} outside: inside it is {inside} now"),
            format!("被观察进程在外部是 {which} {own}：在内部现在是 {inside}"),
        ),
        None => Msg::new(
            format!("the subject is {which} {own} outside: the map does not cover that, so inside it still shows as 65534"),
            format!("被观察进程在外部是 {which} {own}：映射没有包含它，因此在内部仍显示为 65534"),
        ),
    }
}
