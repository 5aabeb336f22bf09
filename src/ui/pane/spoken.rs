//! The pane as sentences, for screen readers: only what is different from the last time, a line each.

use crate::model::{Branch, Gauges, Msg, Size, Watched};
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
    if let Some(memory) = is.memory {
        // A page more or less is no news.
        let coarse = |gauges: &Gauges| (gauges.memory.map(|memory| (memory.used >> 20, memory.limit)), gauges.oom_kills);
        if was.is_none_or(|was| coarse(was) != coarse(is)) {
            let limit = memory.limit.map_or("max".into(), Size::about);
            let (used, peak) = (Size::about(memory.used), is.peak.map_or("?".into(), Size::about));
            let kills = is.oom_kills.unwrap_or(0);
            heard.push(Msg::new(
                format!("memory: {used} of {limit}, peak {peak}, OOM kills {kills}"),
                format!("内存：{used}，上限 {limit}，峰值 {peak}，OOM 杀死 {kills}"),
            ));
        }
    }
    if let Some(pids) = is.pids.filter(|pids| was.and_then(|was| was.pids) != Some(*pids)) {
        let limit = pids.limit.map_or("max".into(), |limit| limit.to_string());
        heard.push(Msg::new(format!("pids: {} of {limit}", pids.used), format!("进程数：{}，上限 {limit}", pids.used)));
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
