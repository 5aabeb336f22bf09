//! `doctor`: what this machine allows. Each primitive is tried in a throw-away child; nothing changes.

mod cgroups;
mod finding;
mod mounts;
mod settings;
mod trials;

use crate::command::{Args, Card, Example, Man, Outside, Primitive, Run, Said, Stop};
use crate::model::{Block, Msg, NoteKind, Text};
use finding::{Finding, Verdict};

/// The card.
pub const CARD: Card = Card {
    name: "doctor",
    args: &[],
    primitive: Primitive::None,
    man: &[Man("namespaces", 7), Man("user_namespaces", 7), Man("cgroups", 7)],
    own: &[],
    summary: Text { en: "what this machine allows, by trying it", zh: "逐项尝试，看看本机允许什么" },
    explain: Text {
        en: "Tries each primitive in a child that is thrown away, as you are and then in a user namespace of its own, and says what works, \
             what does not, why, and what to do about it. Nothing is changed: the child's namespaces and mounts end with it, and a cgroup that is made for \
             the trial is removed at once. What a container, a sandbox or a distribution forbids shows up here.",
        zh: "在用完即弃的子进程中逐个尝试各个原语，先以当前身份，再在它自己的用户命名空间中，并说明哪些可行、哪些不可行、原因以及对策。\
             不会改动任何东西：子进程的命名空间和挂载随它一起消失，为尝试而创建的 cgroup 随即删除。容器、沙箱或发行版禁止的事都会在这里显现。",
    },
    equivalents: &[],
    examples: &[
        Example { after: "", line: "doctor", shows: "clone3", needs: "" },
        Example { after: "", line: "doctor", shows: "max_user_namespaces", needs: "" },
    ],
    run: Run::Shell(run),
};

fn run(cx: &mut Outside<'_>, _: &Args) -> Result<Said, Stop> {
    let mut view = vec![Block::Para(settings::machine())];
    let mut all = Vec::new();
    let areas: [(Text, Vec<Finding>); 7] = [
        (Text { en: "namespaces", zh: "命名空间" }, trials::namespaces(cx)),
        (Text { en: "processes", zh: "进程" }, trials::processes(cx)),
        (Text { en: "cgroups", zh: "控制组（cgroup）" }, cgroups::findings(cx)),
        (Text { en: "mounts", zh: "挂载" }, mounts::findings(cx)),
        (Text { en: "privileges", zh: "权限" }, trials::privileges(cx)),
        (Text { en: "network", zh: "网络" }, trials::network(cx)),
        (Text { en: "settings", zh: "系统设置" }, settings::findings()),
    ];
    for (title, findings) in areas {
        view.extend(finding::show(title, &findings));
        all.extend(findings);
    }
    let said = Said { view, ..Said::default() };
    let refused = all.iter().filter(|finding| matches!(finding.verdict, Verdict::No)).count();
    Ok(match refused {
        0 => said.note(NoteKind::Did, Msg::new("everything that was tried works here", "所尝试的一切在本机都可行")),
        _ => said.note(
            NoteKind::Careful,
            Msg::new(
                format!("{refused} of {} do not work here; the reason stands below each table", all.len()),
                format!("{} 项中有 {refused} 项在本机不可行；原因写在各表之下", all.len()),
            ),
        ),
    })
}
