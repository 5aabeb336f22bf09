//! `mknod`: make a device node or FIFO. mknod(2).

use super::one;
use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Msg, NoteKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "mknod",
    args: &[
        one("PATH", Kind::NewPath, Text { en: "the new file", zh: "新文件" }),
        one(
            "TYPE",
            Kind::OneOf(&["c", "b", "p"]),
            Text { en: "c character device, b block device, p FIFO", zh: "c 字符设备，b 块设备，p FIFO" },
        ),
        Param {
            name: "MAJOR MINOR",
            kind: Kind::Number,
            count: Count::Any,
            about: Text { en: "the numbers of a device: 1 3 is null", zh: "设备号：1 3 是 null" },
        },
    ],
    primitive: Primitive::Syscall("mknodat"),
    man: &[Man("mknod", 2), Man("capabilities", 7)],
    own: &[],
    summary: Text {
        en: "make a device node, and see why it is refused", zh: "创建设备节点，看看它为什么会被拒绝"
    },
    explain: Text {
        en: "A device node is a name for a driver: who can make any can reach every disk. So mknod(2) of a device asks for CAP_MKNOD in the *initial* user namespace, and root in a user namespace \
             gets EPERM; filesystems mounted there are nodev besides. Containers bind-mount the few nodes they need (`mount bind /dev/null …`). The one exception is the character \
             device 0:0, which is no device but overlay's whiteout.",
        zh: "设备节点是驱动程序的名字：能随意创建它，就能碰到任何磁盘。因此用 mknod(2) 创建设备需要在*初始*用户命名空间中有 CAP_MKNOD，用户命名空间里的 root 会得到 EPERM；而且在那里挂载的文件系统一律是 nodev。\
             容器把需要的几个节点绑定挂载进来（`mount bind /dev/null …`）。唯一的例外是字符设备 0:0：它不是设备，而是 overlay 的 whiteout。",
    },
    equivalents: &[
        Equivalent { tool: "mknod(1)", line: "mknod PATH c 1 3" },
        Equivalent { tool: "docker", line: "docker run --device /dev/NAME" },
    ],
    examples: &[
        Example {
            after: "unshare mnt; mount private -r /; mount tmpfs /mnt",
            line: "mknod /mnt/null c 1 3",
            shows: "makedev(0x1, 0x3)) = 0",
            needs: "root",
        },
        Example {
            after: "unshare user mnt; idmap uid 0 0 1; idmap gid 0 0 1; mount tmpfs /mnt",
            line: "mknod /mnt/null c 1 3",
            shows: "EPERM",
            needs: "root",
        },
        Example {
            after: "unshare user mnt; idmap uid 0 0 1; idmap gid 0 0 1; mount tmpfs /mnt",
            line: "mknod /mnt/gone c 0 0",
            shows: "whiteout",
            needs: "root",
        },
        Example { after: "", line: "mknod /srv/x p", shows: "would be changed there and stay", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    let numbers: Vec<u64> = args.all("MAJOR MINOR").iter().filter_map(|word| word.parse().ok()).collect();
    let kind = args.one("TYPE").chars().next().unwrap_or('p');
    let (major, minor) = match (kind, numbers.as_slice()) {
        ('p', []) => (0, 0),
        ('c' | 'b', [major, minor]) => (*major, *minor),
        _ => {
            return Err(Stop::Usage(Msg::new(
                "a device has two numbers, a FIFO none: mknod PATH c 1 3, mknod PATH p",
                "设备要有两个号，FIFO 则没有：mknod PATH c 1 3，mknod PATH p",
            )));
        }
    };
    cx.kernel.mknod(args.one("PATH"), kind, major, minor)?;
    if (kind, major, minor) == ('c', 0, 0) {
        let text = Msg::new(
            "0:0 is overlay's whiteout: in an upper layer it hides the file of this name",
            "0:0 是 overlay 的 whiteout：在上层里它会盖住同名文件",
        );
        return Ok(Said::nothing().note(NoteKind::Did, text));
    }
    Ok(Said::nothing())
}
