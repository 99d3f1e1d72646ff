//! `doorstep serve`

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use tracing_subscriber::EnvFilter;

use super::{DataArgs, Failure, say};
use crate::{
    serve::{Options, Relay},
    surroundings::FileClock,
};

/// What is logged where `DOORSTEP_LOG` does not say it.
const LOG_DEFAULT: &str = "info";

/// Serves until it is told to stop (SIGTERM or Ctrl-C): then it finishes what phones have pushed.
///
/// What is logged never holds a resident's words. DOORSTEP_LOG chooses what is (error, warn, info,
/// debug).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Where phones meet it (UDP)
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4433")]
    listen: SocketAddr,
    /// Where the status page is; it has no login, so keep it on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4480")]
    http: SocketAddr,
    /// Begin although the clock is over seven days away from the newest entry
    #[arg(long)]
    accept_clock: bool,
    /// For simulations: the time is the number of ms since 1970 in this file, read at every use
    #[arg(long, value_name = "FILE")]
    clock_file: Option<PathBuf>,
    /// Say where it listens as one line of JSON
    #[arg(long)]
    json: bool,
    /// Log as JSON lines
    #[arg(long)]
    log_json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    begin_logging(args.log_json)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(args))
}

fn begin_logging(json: bool) -> Result<(), Failure> {
    let filter = match std::env::var("DOORSTEP_LOG") {
        Ok(text) => EnvFilter::try_new(text).map_err(Failure::usage)?,
        Err(_) => EnvFilter::new(LOG_DEFAULT),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = if json { builder.json().try_init() } else { builder.try_init() };
    begun.map_err(Failure::failed)
}

async fn serve(args: &Args) -> Result<(), Failure> {
    let mut options = Options::new(&args.data.data);
    options.listen = args.listen;
    options.http = Some(args.http);
    options.accept_clock = args.accept_clock;
    if let Some(file) = &args.clock_file {
        options.clock = Arc::new(FileClock::new(file));
    }
    // Before anything is bound, so that no signal is missed.
    let stop = stop_signal()?;
    let relay = Relay::start(options).await.map_err(Failure::failed)?;
    if args.json {
        say(serde_json::json!({ "listening": relay.address(), "http": relay.http_address() }))?;
    } else {
        say(format_args!("phones  {}", relay.address()))?;
        if let Some(http) = relay.http_address() {
            say(format_args!("page    http://{http}/"))?;
        }
    }
    stop.await;
    tracing::info!("stopping");
    relay.stop().await;
    Ok(())
}

#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
