//! The pane as sentences, for screen readers: only what is different from the last time, a line each.

use crate::model::{Branch, Gauge, Gauges, Msg, Size, Watched};
use crate::ui::theme::Style;

/// What a listener should hear. What a line changes in namespaces and identity is said by the line itself already.
pub fn spoken(was: Option<&Watched>, is: &Watched, style: &Style) -> Vec<String> {
    let mut heard = Vec::new();
    let before = was.and_then(|was| was.cgroup.as_ref());
    match (before, &is.cgroup) {
        (_, Some(gauges)) => heard.extend(cgroup(before, gauges)),
        (Some(_), None) => heard.push(Msg::new("cgroup: none of its own", "cgroup：没有自己的 cgroup")),
        (None, None) => {}
    }
    if is.init_gone && !was.is_some_and(|was| was.init_gone) {
        heard.push(Msg::new(
            "the PID namespace of the next child is dead: its PID 1 has ended, and nobody can be born there",
            "下一个子进程的 PID 命名空间已失效：它的 1 号进程已结束，不能再在其中创建进程",
        ));
    }
    let empty = Vec::new();
    let old = was.map_or(&empty, |was| &was.tree);
    for one in is.tree.iter().skip(1) {
        let name = &one.command;
        let inside =
            one.inside.map_or((String::new(), String::new()), |pid| (format!(", PID {pid} inside"), format!("，内部 PID {pid}")));
        match old.iter().find(|other| other.pid == one.pid) {
            None => heard.push(Msg::new(
                format!("process {}{}: {name}{}", one.pid, inside.0, state(one).en),
                format!("进程 {}{}：{name}{}", one.pid, inside.1, state(one).zh),
            )),
            Some(other) if state(other) != state(one) => {
                heard.push(Msg::new(
                    format!("process {}{}", one.pid, or_runs(&state(one).en, ": runs")),
                    format!("进程 {}{}", one.pid, or_runs(&state(one).zh, "：运行中")),
                ));
            }
            Some(_) => {}
        }
    }
    for gone in old.iter().skip(1).filter(|old| !is.tree.iter().any(|one| one.pid == old.pid)) {
        heard.push(Msg::new(
            format!("process {} ended: {}", gone.pid, gone.command),
            format!("进程 {} 已结束：{}", gone.pid, gone.command),
        ));
    }
    heard.iter().map(|text| style.msg(text)).collect()
}

fn cgroup(was: Option<&Gauges>, is: &Gauges) -> Vec<Msg> {
    let mut heard = Vec::new();
    if let Some(memory) = is.memory.filter(|memory| is_news(was.and_then(|was| was.memory), *memory, 16 << 20)) {
        let used = Size::about(memory.used);
        let limit = memory.limit.map_or("max".into(), Size::about);
        heard.push(Msg::new(format!("memory: {used} of {limit}"), format!("内存：{used}，上限 {limit}")));
    }
    let kills = |gauges: &Gauges| gauges.oom_kills.unwrap_or(0);
    if was.map_or(0, kills) != kills(is) {
        let (kills, peak) = (kills(is), is.peak.map_or("?".into(), Size::about));
        heard.push(Msg::new(format!("OOM kills: {kills}, peak {peak}"), format!("OOM 杀死：{kills}，峰值 {peak}")));
    }
    if let Some(pids) = is.pids.filter(|pids| is_news(was.and_then(|was| was.pids), *pids, 16)) {
        let limit = pids.limit.map_or("max".into(), |limit| limit.to_string());
        heard.push(Msg::new(format!("pids: {} of {limit}", pids.used), format!("进程数：{}，上限 {limit}", pids.used)));
    }
    let refused = |gauges: &Gauges| gauges.forks_refused.unwrap_or(0);
    if was.map_or(0, refused) != refused(is) {
        heard.push(Msg::new(format!("forks refused: {}", refused(is)), format!("fork 被拒：{} 次", refused(is))));
    }
    let throttled = |gauges: &Gauges| gauges.cpu.map_or(0, |cpu| cpu.throttled);
    if was.map_or(0, throttled) != throttled(is) {
        heard.push(Msg::new(format!("cpu: throttled {} times", throttled(is)), format!("CPU：被限流 {} 次", throttled(is))));
    }
    if was.is_some_and(|was| was.frozen) != is.frozen {
        heard.push(if is.frozen {
            Msg::new("cgroup: frozen", "cgroup：已冻结")
        } else {
            Msg::new("cgroup: thawed", "cgroup：已解冻")
        });
    }
    heard
}

/// A little more or less is no news: an eighth of the limit is, or `step` where there is none.
fn is_news(was: Option<Gauge>, is: Gauge, step: u64) -> bool {
    let coarse = |gauge: Gauge| (gauge.limit, gauge.used / gauge.limit.map_or(step, |limit| limit / 8).max(1));
    was.map(coarse) != Some(coarse(is))
}

fn state(branch: &Branch) -> Msg {
    match branch.state {
        'Z' => Msg::new(": zombie", "：僵尸进程"),
        'T' | 't' => Msg::new(": stopped", "：已停止"),
        _ => Msg::default(),
    }
}

fn or_runs<'a>(state: &'a str, runs: &'a str) -> &'a str {
    if state.is_empty() { runs } else { state }
}
