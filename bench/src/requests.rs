//! Requests per second of three calls, beside moto_server with the same requests.

use std::time::Duration;

use client::{Client, Keys};
use serde_json::json;

use crate::load::{Question, per_second};
use crate::peer::Moto;
use crate::yard::{Yard, runtime};

const CONNECTIONS: usize = 8;
const TIME: Duration = Duration::from_secs(3);

pub(crate) fn run() {
    let yard = Yard::start(&[]);
    let moto = Moto::start();
    let ours = &yard.client;
    let theirs =
        Client::new(format!("http://{}", moto.host), "us-east-1", Keys::new("test", "test"));
    let runtime = runtime();
    runtime.block_on(async {
        for client in [ours, &theirs] {
            let input = json!({"Name": "p", "Value": "v", "Type": "String"});
            client.json("ssm", "AmazonSSM.PutParameter", input).await.unwrap();
            let target = "CodeCommit_20150413.CreateRepository";
            client.json("codecommit", target, json!({"repositoryName": "r"})).await.unwrap();
        }
    });
    for (name, service, headers, body) in [
        (
            "sts GetCallerIdentity",
            "sts",
            vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            "Action=GetCallerIdentity&Version=2011-06-15".to_owned(),
        ),
        json_call("ssm GetParameter", "ssm", "AmazonSSM.GetParameter", json!({"Name": "p"})),
        json_call(
            "codecommit GetRepository",
            "codecommit",
            "CodeCommit_20150413.GetRepository",
            json!({"repositoryName": "r"}),
        ),
    ] {
        let question = |client: &Client| {
            let keys = client.keys.clone().unwrap();
            Question {
                host: client.url.trim_start_matches("http://").to_owned(),
                service,
                headers: headers.clone(),
                body: body.clone(),
                access_key_id: keys.id,
                secret: keys.secret,
            }
        };
        let ask =
            |client: &Client| runtime.block_on(per_second(&question(client), CONNECTIONS, TIME));
        let (we, they) = (ask(ours), ask(&theirs));
        println!("{name}: {we:.0}/s, moto_server {they:.0}/s, ratio {:.0} (goal 10)", we / they);
    }
    println!("resident memory after the load, MiB: {:.1}", yard.resident_mib());
}

type Call = (&'static str, &'static str, Vec<(&'static str, String)>, String);

fn json_call(
    name: &'static str,
    service: &'static str,
    target: &str,
    input: serde_json::Value,
) -> Call {
    let headers = vec![
        ("content-type", "application/x-amz-json-1.1".to_owned()),
        ("x-amz-target", target.to_owned()),
    ];
    (name, service, headers, input.to_string())
}
