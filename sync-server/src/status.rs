//! A plain page for whoever runs the relay: what is stored, who was met, what needs a look.
//!
//! No script, no session, nothing of any resident: counts, codes of places, names of alarms. In the
//! browser's language, Chinese or English; `?lang=zh` or `?lang=en` chooses.

mod page;

use std::sync::Arc;

use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use doorstep_protocol::{
    id::Level,
    store::{RelayStore as _, StoreError},
};
use serde::Serialize;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    serve::Shared,
    store::{Alarm, Counts, RelayDb},
};

/// Bars of the chart and rows of the table of alarms.
const ROWS_MAX: usize = 100;

/// What the page shows, and `/status.json` gives.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// The realm.
    pub realm: String,
    /// Now at the relay, ms.
    pub now_ms: u64,
    /// What is stored.
    pub counts: Counts,
    /// Devices in the rosters.
    pub devices: usize,
    /// Entries of the logs of a block and all below, by community then block.
    pub blocks: Vec<BlockStatus>,
    /// What a person must look at.
    pub alarms: Vec<Alarm>,
}

/// What lies in the logs of one block and below.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BlockStatus {
    /// The code of its community.
    pub community: String,
    /// Its code.
    pub block: String,
    /// What people call it.
    pub name: String,
    /// Entries.
    pub entries: u64,
}

/// Reads all that the page shows.
pub fn status(db: &RelayDb, now_ms: u64) -> Result<Status, StoreError> {
    let entries: std::collections::BTreeMap<_, _> =
        db.scopes()?.into_iter().map(|log| (log.scope, u64::from(log.entries))).collect();
    let mut blocks = Vec::new();
    for roster in db.rosters() {
        let Some(block) = roster.block() else { continue };
        let at = roster.tip();
        let Some(place) = at.place(block) else { continue };
        let community = at
            .above(block)
            .into_iter()
            .filter_map(|id| at.place(id))
            .find(|place| place.level == Level::Community.number());
        let below = at.places().filter(|(id, _)| at.is_under_block(*id));
        blocks.push(BlockStatus {
            community: community.map(|place| place.code.clone()).unwrap_or_default(),
            block: place.code.clone(),
            name: place.name.clone(),
            entries: below.filter_map(|(id, _)| entries.get(&id.scope())).sum(),
        });
    }
    blocks.sort();
    let mut alarms = db.alarms()?;
    alarms.truncate(ROWS_MAX);
    Ok(Status {
        realm: db.realm().to_string(),
        now_ms,
        counts: db.counts()?,
        devices: db.devices()?.len(),
        blocks,
        alarms,
    })
}

pub(crate) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
) {
    let app = Router::new()
        .route("/", get(home))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/status.json", get(json))
        .with_state(shared);
    let until = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(until).await {
        tracing::error!(%error, "the status page ended");
    }
}

/// Reads the status where it may block on the disk.
async fn read(shared: Arc<Shared>) -> Result<Status, StatusCode> {
    let read = tokio::task::spawn_blocking(move || status(&shared.db(), shared.now_ms())).await;
    match read {
        Ok(Ok(status)) => Ok(status),
        Ok(Err(error)) => {
            tracing::error!(%error, "the status could not be read");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        }
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn home(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = page::Language::choose(query.as_deref(), accepted);
    let page = page::render(&read(shared).await?, language);
    let policy = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((policy, Html(page)).into_response())
}

async fn ready(State(shared): State<Arc<Shared>>) -> Result<&'static str, StatusCode> {
    let read = tokio::task::spawn_blocking(move || shared.db().newest_relay_time()).await;
    match read {
        Ok(Ok(_)) => Ok("ready\n"),
        _ => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn json(State(shared): State<Arc<Shared>>) -> Result<Response, StatusCode> {
    let text = serde_json::to_string(&read(shared).await?)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
