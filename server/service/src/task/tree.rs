//! Entries of a tree that lie on another server (`<Taxonomy apiUrl>`), fetched here: a browser may not read what another
//! server does not share.

use std::time::Duration;

use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    answer::read_entries,
    id::{ProjectId, TaskId},
    label_config,
};
use serde_json::Value;
use url::Url;

use super::text;
use crate::{Actor, Cx, Result, access, boxed, import, media};

/// The longest list of entries.
pub const MAX_TREE_BYTES: usize = 8 << 20;
/// People wait for it.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The entries behind the address of a control of the labeling interface, or those below the entry at `path`, as a list
/// that `domain::answer::Tree` reads. Whoever may open the task may read them, where the project allows that other servers
/// are asked; only the address in the interface is, never one that the reader names.
///
/// # Errors
/// *Not found* for tasks the person may not see and controls without an address elsewhere; *forbidden* where the project
/// does not allow it; *invalid* with what the address or its server said, or when what comes is no list of entries.
#[boxed]
pub async fn tree(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    task_id: TaskId,
    control: &str,
    path: &[String],
) -> Result<Value> {
    let desk = super::open(cx, actor, project_id, task_id).await?;
    let missing = || Problem::not_found("tree");
    let task = desk.task.map_err(|_| missing())?;
    let config = label_config::read(&desk.project.label_config).ok_or_else(missing)?.for_task(&task.data);
    let control = config.control(control).filter(|control| control.tag == "Taxonomy");
    let address = control.and_then(|control| control.attribute("apiUrl")).map_or("", str::trim);
    let is_here = address.starts_with('/') && !address.starts_with("//");
    if address.is_empty() || is_here {
        return Err(missing().into());
    }
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    if !media::allows_other_servers(cx, &access).await? {
        let message = "These entries lie on another server. An admin of the project can allow that they are loaded \
             through this one: Settings, General, Media.";
        return Err(Problem::new(Kind::Forbidden, "tree_proxy_off", message).on("url").into());
    }
    let address = below(address, path);
    let fetched = async {
        let answer = import::fetch::get(cx, &address, None).await?;
        text::read(answer.body, answer.content_type.as_deref(), MAX_TREE_BYTES).await
    };
    let text = tokio::time::timeout(TIMEOUT, fetched).await.map_err(|_| {
        let message = format!("The other server took longer than {} seconds.", TIMEOUT.as_secs());
        Problem::invalid("url", "tree_slow", message)
    })??;
    Ok(read_entries(&text)?)
}

/// The address with the way to an entry; what is no address is told so when it is fetched.
fn below(address: &str, path: &[String]) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    if !path.is_empty() {
        url.query_pairs_mut().extend_pairs(path.iter().map(|step| ("path", step)));
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_an_entry_is_part_of_the_address() {
        let path = |steps: &[&str]| steps.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>();
        for (address, steps, expected) in [
            ("https://a.org/tree", &[][..], "https://a.org/tree"),
            ("https://a.org/tree?v=1", &["Home", "Pots & pans"], "https://a.org/tree?v=1&path=Home&path=Pots+%26+pans"),
            ("tree", &["Home"], "tree"),
        ] {
            assert_eq!(below(address, &path(steps)), expected);
        }
    }
}
