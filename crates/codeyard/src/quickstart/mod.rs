//! `codeyard quickstart`: one push goes live, through the public API, as a user would do it.

mod check;
mod git;
mod names;
mod operations;
mod remove;
mod sample;
mod setup;
mod watch;

use std::process::ExitCode;
use std::time::Instant;

use client::{Client, Keys};

use crate::cli::UpOptions;
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::screen::Screen;
use crate::{hosts, run, up};
use names::HOSTS;
pub(crate) use operations::own_operations;

/// The yard that the quickstart works with: started here, or found running on the data directory.
struct Yard {
    data: DataDir,
    url: String,
    own: Option<run::Running>,
}

/// Runs it.
pub(crate) fn run(options: UpOptions, exit: bool, remove: bool) -> Outcome<ExitCode> {
    if options.test_mode {
        return Err(Failure::new("the quickstart keeps what it makes; test mode keeps nothing")
            .hint("leave --test-mode out"));
    }
    up::start_log(options.json_log);
    run::runtime()?.block_on(async {
        let screen = Screen::new();
        let began = Instant::now();
        let yard = enter(&options, &screen).await?;
        let keys = Keys::new(yard.data.root.id.as_str(), yard.data.root.secret.as_str());
        let client = Client::new(yard.url.as_str(), yard.data.region.as_str(), keys);
        if remove {
            let done = remove::run(&yard.data, &client, &screen).await;
            return leave(yard, done, false).await;
        }
        let work = go_live(&yard, &client, &screen, began);
        let done = tokio::select! {
            done = work => done,
            asked = up::stop_asked() => asked.and(Err(Failure::new("interrupted"))),
        };
        if done.is_err() || exit || yard.own.is_none() {
            return leave(yard, done, exit).await;
        }
        screen.line("The yard stays up; Ctrl-C stops it and leaves the site running.");
        let asked = up::stop_asked().await;
        leave(yard, asked, false).await
    })
}

async fn enter(options: &UpOptions, screen: &Screen) -> Outcome<Yard> {
    if let Some(running) = crate::data_dir::running(&options.data_dir) {
        let data = DataDir::existing(&options.data_dir)?;
        screen.line(&format!("using the yard at {} (process {})", running.url, running.pid));
        return Ok(Yard { data, url: running.url, own: None });
    }
    let began = Instant::now();
    let running = run::start(options).await?;
    if let Some(note) = &running.note {
        screen.line(note);
    }
    screen.line(&running.ready_line(began));
    Ok(Yard { data: running.data.clone(), url: running.url.clone(), own: Some(running) })
}

/// Ends what this process began. With `stop_hosts` the hosts end too: who asked for `--exit` wants
/// nothing left running.
async fn leave(yard: Yard, done: Outcome<()>, stop_hosts: bool) -> Outcome<ExitCode> {
    if stop_hosts && yard.own.is_some() {
        for name in HOSTS {
            hosts::stop(&yard.data, name).await?;
        }
    }
    if let Some(running) = yard.own {
        running.stop().await?;
    }
    done.map(|()| ExitCode::SUCCESS)
}

async fn go_live(yard: &Yard, client: &Client, screen: &Screen, began: Instant) -> Outcome<()> {
    screen.heading("Setting up");
    let made = setup::run(&yard.data, client, screen).await?;
    screen.heading("Pushing");
    let commit = git::push(&yard.data, client, &made, screen).await?;
    let urls: Vec<String> = made.hosts.iter().map(hosts::Host::url).collect();
    if check::serve(&urls, &commit).await.is_ok() {
        screen.line(&format!("commit {} is live already", short(&commit)));
    } else {
        watch::pipeline(client, &commit, screen).await?;
        check::wait(&urls, &commit).await?;
    }
    screen.heading(&format!("Live after {:.1} s", began.elapsed().as_secs_f64()));
    for url in &urls {
        screen.line(&format!("  {url}  serves commit {}", short(&commit)));
    }
    next_steps(yard, &made, screen);
    Ok(())
}

fn short(commit: &str) -> &str {
    commit.get(..8).unwrap_or(commit)
}

fn next_steps(yard: &Yard, made: &setup::Made, screen: &Screen) {
    let program = std::env::args().next().unwrap_or_else(|| "codeyard".to_owned());
    let data_dir = match yard.data.path == crate::data_dir::default_path() {
        true => String::new(),
        false => format!(" --data-dir {}", yard.data.path.display()),
    };
    screen.heading("Next");
    screen.line("  clone it, change GREETING in app.py, push again and watch:");
    screen.line(&format!("    git clone {}", made.clone_url));
    screen.line(&format!("    user name {}, password {}", made.git_user, made.git_password));
    screen.line("  use the stock AWS CLI on it:");
    screen.line(&format!("    eval \"$({program} env{data_dir})\""));
    screen.line(&format!("    aws codepipeline get-pipeline-state --name {}", names::NAME));
    screen.line("  take it all away again:");
    screen.line(&format!("    {program} quickstart --remove{data_dir}"));
}
