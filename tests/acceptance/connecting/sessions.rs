//! Temporary credentials: MFA, and roles of another account.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Way, World};
use crate::harness::{CODEYARD, Data, User, Yard};

/// The user's keys replaced by a session's.
fn session(user: &User, answer: &Value) -> User {
    let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    user.with_keys(&text("AccessKeyId"), &text("SecretAccessKey")).with_token(&text("SessionToken"))
}

/// The code that an authenticator application shows, `steps` from now.
fn code(user: &User, seed: &str, steps: i64) -> String {
    let program = format!(
        "import base64, hashlib, hmac, struct, time\n\
         step = int(time.time()) // 30 + ({steps})\n\
         mac = hmac.new(base64.b32decode('{seed}'), struct.pack('>q', step), hashlib.sha1).digest()\n\
         at = mac[19] & 15\n\
         number = struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff\n\
         print('%06d' % (number % 1000000))"
    );
    let output = user.command("python").args(["-c", &program]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_policy_can_ask_git_for_mfa() {
    let world = World::new(&[]);
    world.repository("r");
    let ann = world.user(
        "ann",
        json!([{"Effect": "Allow", "Action": "codecommit:*", "Resource": "*",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"},
                              "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}}]),
    );
    let seed_file = world.file("seed");
    let device = world.root.aws(&[
        "iam",
        "create-virtual-mfa-device",
        "--virtual-mfa-device-name",
        "ann",
        "--bootstrap-method",
        "Base32StringSeed",
        "--outfile",
        seed_file.to_str().unwrap(),
    ]);
    let serial = device["VirtualMFADevice"]["SerialNumber"].as_str().unwrap();
    let seed = std::fs::read_to_string(&seed_file).unwrap();
    let enable = [
        "iam",
        "enable-mfa-device",
        "--user-name",
        "ann",
        "--serial-number",
        serial,
        "--authentication-code1",
        &code(&ann, &seed, -1),
        "--authentication-code2",
        &code(&ann, &seed, 0),
    ];
    world.root.aws(&enable);

    // Neither her key nor a session without a code, whichever way.
    let plain = session(&ann, &ann.aws(&["sts", "get-session-token"]));
    plain.refused("InvalidClientTokenId", &["iam", "list-users"]);
    let mut without =
        vec![world.helper(&ann, "r"), world.helper(&plain, "r"), world.remote_helper(&plain, "r")];
    without.extend(world.ssh(&ann, "ann", "r"));
    for way in without {
        let said = way.refused(Path::new("/"), &["ls-remote", &way.url]);
        let line = "user/ann is not authorized to perform: codecommit:GitPull";
        assert!(said.contains(line), "{}: {said}", way.name);
    }
    ann.refused("AccessDenied", &["codecommit", "get-repository", "--repository-name", "r"]);

    // The code of the next step: the last one was used when the device was enabled.
    let given = code(&ann, &seed, 1);
    let with_code = ["sts", "get-session-token", "--serial-number", serial, "--token-code", &given];
    let safe = session(&ann, &ann.aws(&with_code));
    ann.refused("AccessDenied", &with_code);
    safe.aws(&["codecommit", "get-repository", "--repository-name", "r"]);
    for way in [world.helper(&safe, "r"), world.remote_helper(&safe, "r")] {
        way.git(Path::new("/"), &["ls-remote", &way.url]);
    }
}

#[test]
fn a_role_of_another_account_reaches_its_repositories() {
    let data = Data::new();
    let mut command = Command::new(CODEYARD);
    command.args(["up", "--test-mode", "--listen", "127.0.0.1:0", "--ssh-listen", "127.0.0.1:0"]);
    command.arg("--data-dir").arg(data.path());
    let yard = Yard::start(command, data.path());
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let of = |key: &str| User {
        environment: vec![
            pair("AWS_ENDPOINT_URL", &yard.url),
            pair("AWS_ACCESS_KEY_ID", key),
            pair("AWS_SECRET_ACCESS_KEY", "anything"),
            pair("AWS_DEFAULT_REGION", "us-east-1"),
        ],
    };
    let (home, abroad) = (of("111111111111"), of("222222222222"));
    abroad.aws(&["codecommit", "create-repository", "--repository-name", "shared"]);
    home.aws(&["iam", "create-user", "--user-name", "ann"]);
    let keys = home.aws(&["iam", "create-access-key", "--user-name", "ann"]);
    let keys = &keys["AccessKey"];
    let ann = home.with_keys(
        keys["AccessKeyId"].as_str().unwrap(),
        keys["SecretAccessKey"].as_str().unwrap(),
    );
    let policy =
        |statement: Value| json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let trust = policy(json!({"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::111111111111:user/ann"}}));
    abroad.aws(&[
        "iam",
        "create-role",
        "--role-name",
        "guests",
        "--assume-role-policy-document",
        &trust,
    ]);
    let pull = policy(json!({"Effect": "Allow", "Action": "codecommit:GitPull",
        "Resource": "arn:aws:codecommit:us-east-1:222222222222:shared"}));
    abroad.aws(&[
        "iam",
        "put-role-policy",
        "--role-name",
        "guests",
        "--policy-name",
        "p",
        "--policy-document",
        &pull,
    ]);
    let role = "arn:aws:iam::222222222222:role/guests";
    let assume = ["sts", "assume-role", "--role-arn", role, "--role-session-name", "visit"];
    // Her own account has to let her, too.
    ann.refused("AccessDenied", &assume);
    let own = policy(json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}));
    home.aws(&[
        "iam",
        "put-user-policy",
        "--user-name",
        "ann",
        "--policy-name",
        "p",
        "--policy-document",
        &own,
    ]);
    let guest = session(&ann, &ann.aws(&assume));

    let way = |user: &User| Way {
        name: "HTTP, credential helper",
        url: format!("{}/v1/repos/shared", yard.url),
        environment: Vec::new(),
        settings: vec![super::HELPER.to_owned(), "credential.UseHttpPath=true".to_owned()],
        user: user.clone(),
    };
    let dir = tempfile::tempdir().unwrap();
    way(&guest).git(dir.path(), &["clone", "--quiet", &way(&guest).url, "work"]);
    let work = dir.path().join("work");
    way(&guest).commit(&work, "a.txt", "one");
    let said = way(&guest).refused(&work, &["push", "origin", "HEAD:main"]);
    let line = "assumed-role/guests/visit is not authorized to perform: codecommit:GitPush";
    assert!(said.contains(line), "{said}");
    // At home there is no such repository, and no right to see one.
    let said = way(&ann).refused(&work, &["ls-remote", "origin"]);
    assert!(said.contains("111111111111:shared"), "{said}");
}
