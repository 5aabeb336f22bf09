//! `domainname`: change the NIS domain name of the subject's UTS namespace. setdomainname(2).

use crate::command::{Args, Card, Count, Equivalent, Example, Inside, Kind, Man, Param, Primitive, Run, Said, Stop};
use crate::model::{Block, NsKind, Text};

/// The card.
pub const CARD: Card = Card {
    name: "domainname",
    args: &[Param {
        name: "NAME",
        kind: Kind::Word,
        count: Count::Optional,
        about: Text {
            en: "the new name, up to 64 bytes; without it the name is shown",
            zh: "新的域名，最多 64 字节；省略则显示当前域名",
        },
    }],
    primitive: Primitive::Syscall("setdomainname"),
    man: &[Man("setdomainname", 2), Man("uts_namespaces", 7)],
    own: &[NsKind::Uts],
    summary: Text {
        en: "change the NIS domain name of the subject's UTS namespace",
        zh: "修改被观察进程所在 UTS 命名空间的 NIS 域名",
    },
    explain: Text {
        en: "The second of the two values that a UTS namespace holds, beside the host name. It is the domain of NIS, which hardly anybody uses any more, and has nothing to do with DNS: \
             `hostname -d` and /etc/resolv.conf know another one. uname(2) shows it; where none was set it is (none).",
        zh: "UTS 命名空间保存两个值：主机名和这个。它是 NIS 的域名，如今很少有人使用，与 DNS 无关：`hostname -d` 和 /etc/resolv.conf 里的是另一个。\
             uname(2) 会给出它；从未设置时为 (none)。",
    },
    equivalents: &[
        Equivalent { tool: "sysctl(8)", line: "sysctl kernel.domainname=box.example" },
        Equivalent { tool: "docker", line: "docker run --domainname box.example" },
    ],
    examples: &[
        Example {
            after: "unshare uts",
            line: "domainname box.example",
            shows: "setdomainname(\"box.example\", 11) = 0",
            needs: "root",
        },
        Example { after: "unshare uts; domainname box.example", line: "domainname", shows: "box.example", needs: "root" },
        Example { after: "", line: "domainname box", shows: "would rename", needs: "" },
    ],
    run: Run::Inside(run),
};

fn run(cx: &mut Inside<'_>, args: &Args) -> Result<Said, Stop> {
    match args.opt("NAME") {
        Some(name) => cx.kernel.setdomainname(name).map(|()| Said::nothing()).map_err(Stop::from),
        None => {
            let name = nix::sys::utsname::uname()?.domainname().to_string_lossy().into_owned();
            Ok(Said::nothing().show(Block::Lines(vec![name])))
        }
    }
}
