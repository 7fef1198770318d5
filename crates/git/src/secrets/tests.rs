//! What is found and what is not. The keys are random, of nobody, and put together here so that no
//! scanner takes this file for a leak.

use super::assignments::AwsKeys;
use super::random::entropy;
use super::{
    ALLOW_MARK, Finding, Leak, MAX_FINDINGS, MAX_HELD, MAX_SCANNED_LINE, Place, Scanner, scan,
};

/// `length` characters of `letters`, different ones for different `seed`s.
fn random(seed: u64, letters: &str, length: usize) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        letters[usize::try_from(state % letters.len() as u64).unwrap()]
    };
    std::iter::repeat_with(next).take(length).collect()
}

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const DIGITS: &str = "0123456789";

fn alnum(length: usize) -> String {
    random(7, ALNUM, length)
}

fn rules(text: &str) -> Vec<&'static str> {
    scan(text.as_bytes()).iter().map(|finding| finding.rule).collect()
}

/// One token of each format, as its issuer makes them.
fn tokens() -> Vec<(&'static str, String)> {
    let hex = |length| random(3, HEX, length);
    let upper = |length| random(5, UPPER, length);
    let digits = |length| random(9, DIGITS, length);
    vec![
        ("github-token", format!("gh{}_{}", "p", alnum(36))),
        ("github-token", format!("github_{}_{}_{}", "pat", alnum(22), alnum(59))),
        ("gitlab-token", format!("gl{}-{}", "pat", alnum(20))),
        ("slack-token", format!("xox{}-{}-{}-{}", "b", digits(12), digits(12), alnum(24))),
        ("slack-token", format!("xa{}-1-{}-{}-{}", "pp", upper(11), digits(13), hex(64))),
        (
            "slack-webhook",
            format!(
                "https://hooks.slack.{}/T{}/B{}/{}",
                "com/services",
                upper(8),
                upper(8),
                alnum(24)
            ),
        ),
        ("stripe-key", format!("sk_{}_{}", "live", alnum(24))),
        ("stripe-key", format!("wh{}_{}", "sec", alnum(32))),
        ("google-api-key", format!("AI{}{}", "za", alnum(35))),
        ("google-oauth-secret", format!("GOC{}-{}", "SPX", alnum(28))),
        ("npm-token", format!("np{}_{}", "m", alnum(36))),
        ("pypi-token", format!("py{}-AgEIcHlwaS5vcmc{}", "pi", alnum(120))),
        ("rubygems-token", format!("ruby{}_{}", "gems", hex(48))),
        ("docker-token", format!("dckr_{}_{}", "pat", alnum(27))),
        ("openai-key", format!("sk-{}-{}", "proj", alnum(120))),
        ("openai-key", format!("sk-{}T3Blbk{}{}", alnum(20), "FJ", alnum(20))),
        ("anthropic-key", format!("sk-{}-api03-{}", "ant", alnum(93))),
        ("hugging-face-token", format!("h{}_{}", "f", alnum(34))),
        ("sendgrid-key", format!("S{}.{}.{}", "G", alnum(22), alnum(43))),
        ("digitalocean-token", format!("dop_{}_{}", "v1", hex(64))),
        ("shopify-token", format!("shp{}_{}", "at", hex(32))),
        ("databricks-token", format!("da{}{}", "pi", hex(32))),
        ("grafana-token", format!("gl{}_{}_{}", "sa", alnum(32), hex(8))),
        ("vault-token", format!("hv{}.{}", "s", alnum(95))),
        ("atlassian-token", format!("ATATT3x{}{}", "FfGF0", alnum(180))),
        ("age-key", format!("AGE-SECRET-{}{}", "KEY-1", upper(58))),
        ("azure-storage-key", format!("Account{}={}==", "Key", alnum(86))),
        ("jwt", format!("e{0}{1}.e{0}{2}.{3}", "yJ", alnum(20), alnum(40), alnum(43))),
    ]
}

#[test]
fn every_known_format_is_found_where_people_put_it() {
    for (rule, token) in tokens() {
        for text in [
            token.clone(),
            format!("a = '{token}'\n"),
            format!("{{\"a\":\"{token}\"}}"),
            format!("https://x.y/?a={token}&b=c"),
            format!("first\r\nsecond {token}\r\n"),
            format!("{}{token}", " ".repeat(3 * MAX_SCANNED_LINE)),
        ] {
            assert_eq!(rules(&text), [rule], "{text}");
        }
    }
}

#[test]
fn every_rule_has_a_token_here() {
    let known: Vec<&str> = tokens().iter().map(|(rule, _)| *rule).collect();
    for rule in super::rules::RULES {
        assert!(known.contains(&rule.name), "{}", rule.name);
    }
}

#[test]
fn what_only_begins_like_a_token_is_none() {
    for (rule, token) in tokens() {
        let variable = token.len() - 8;
        for text in [
            // Cut off, gone on, in the middle of a word, or only a stand-in.
            token[..variable.min(18)].to_owned(),
            format!("x{token}"),
            format!("_{token}"),
        ] {
            assert!(rules(&text).is_empty(), "{rule}: {text}");
        }
    }
    for text in [
        format!("gh{}_{}", "p", "x".repeat(36)),
        format!("gh{}_{}", "p", "1234567890".repeat(4)),
        format!("np{}_{}", "m", alnum(40)),
        format!("AI{}{}", "za", alnum(39)),
        format!("sk_{}_{}", "test", alnum(24)),
        "npm_config_registry_of_this_whole_long_line".to_owned(),
        "hf_hub_download_with_a_long_name_of_words".to_owned(),
        // The sample that everybody copies.
        format!(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6Ikpv.{}",
            alnum(43)
        ),
    ] {
        assert_eq!(rules(&text), [""; 0], "{text}");
    }
}

#[test]
fn aws_keys_are_found_in_pairs() {
    let id = format!("AK{}{}", "IA", random(2, UPPER, 16));
    let secret = random(11, &format!("{ALNUM}+/"), 40);
    let rule = "aws-secret-access-key";
    for (line, text) in [
        (2, format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n")),
        (1, format!("{secret}\n\n\n\n\n{id}")),
        (1, format!("{{\"AccessKeyId\":\"{id}\",\"SecretAccessKey\":\"{secret}\"}}")),
        (1, format!("export AWS_SECRET_ACCESS_KEY={secret}")),
        (3, format!("\n{id}\n{secret}\n")),
    ] {
        let found = scan(text.as_bytes());
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].rule, found[0].line), (rule, line), "{text}");
    }
    for text in [
        format!("only the id {id}"),
        format!("only letters {secret}"),
        format!("{secret}\n\n\n\n\n\n{id}"),
        format!("{id} {}", random(3, HEX, 40)),
        // From AWS's own documentation.
        format!("AKIAIOSFODNN7{0}\nwJalrXUtnFEMI/K7MDENG/bPxRfiCY{0}KEY", "EXAMPLE"),
        format!("{id}\n{}{secret}", "x"),
    ] {
        assert!(rules(&text).is_empty(), "{text}");
    }
}

#[test]
fn an_address_is_no_key() {
    let page = "https://docs.aws.amazon.com/AmazonS3/latest/dev/ObjectOperations";
    for text in [
        format!("a secret access key, see <a href='{page}.html'>"),
        format!("see {page}, the secret access key\n"),
        format!("id AKIA{}, see {page}", random(5, UPPER, 16)),
    ] {
        assert!(rules(&text).is_empty(), "{text}");
    }
    let secret = random(3, ALNUM, 40);
    assert_eq!(rules(&format!("The secret access key is {secret}. Keep it.")).len(), 1);
}

fn pem(label: &str, newline: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----{newline}{body}{newline}-----END {label}-----{newline}")
}

#[test]
fn private_keys_are_found_with_their_bodies() {
    let body = alnum(64);
    for kind in ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "PGP "] {
        let label = format!("{kind}PRIVATE {}", if kind == "PGP " { "KEY BLOCK" } else { "KEY" });
        for newline in ["\n", "\r\n", "\\n", "\n    ", "\\n\" +\n \""] {
            let text = format!("first\nkey: {}", pem(&label, newline, &body));
            let found = scan(text.as_bytes());
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].rule, found[0].line), ("private-key", 2), "{text}");
        }
    }
    for text in [
        pem("ENCRYPTED PRIVATE KEY", "\n", &body),
        pem("RSA PRIVATE KEY", "\n", &format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n{body}")),
        pem("PUBLIC KEY", "\n", &body),
        pem("CERTIFICATE", "\n", &body),
        format!(
            "if text.startswith('-----BEGIN {} KEY-----'):\n    return load(text)\n",
            "PRIVATE"
        ),
        pem("PRIVATE KEY", "\n", "..."),
        pem("PRIVATE KEY", "\n", ""),
    ] {
        assert!(rules(&text).is_empty(), "{text}");
    }
}

#[test]
fn values_are_found_by_their_names() {
    let value = random(13, ALNUM, 32);
    let hex = random(17, HEX, 64);
    for text in [
        format!("API_KEY={value}"),
        format!("export DB_PASSWORD={value}"),
        format!("  client_secret: {value}"),
        format!("\"clientSecret\": \"{value}\","),
        format!("config[\"auth_token\"] = '{value}'"),
        format!("const SIGNING_KEY: &str = \"{value}\";"),
        format!("password := \"{value}\""),
        format!("my.api-key => '{value}'"),
        format!("secret = \"{hex}\""),
        format!("<add key=\"x\" password=\"{value}\"/>"),
    ] {
        assert_eq!(rules(&text), ["assigned-secret"], "{text}");
    }
    for text in [
        format!("TOKEN_URL={value}"),
        format!("secret_name = \"{value}\""),
        format!("password_hash: \"{value}\""),
        format!("public_key = \"{value}\""),
        format!("csrf_token: \"{value}\""),
        format!("nextToken = \"{value}\""),
        format!("api_key_id = \"{value}\""),
        format!("integrity = \"{value}\""),
        format!("password = get(\"{value}\")"),
        format!("if password == \"{value}\""),
        format!("password = \"{}\"", &value[..19]),
        "password = \"correct horse battery staple\"".to_owned(),
        "password = ${DB_PASSWORD_FROM_THE_ENVIRONMENT_1}".to_owned(),
        "secret: {{ .Values.secretOfTheRelease123 }}".to_owned(),
        "token = tokenFromRequestHeaderOrCookie".to_owned(),
        "token = parseToken2FromHeader1AndBody".to_owned(),
        "api_key = \"YOUR_API_KEY_GOES_HERE_1234\"".to_owned(),
        "password: 9f4e2a9c-5d1b-4c8e-9f27-0d5c6d1a7b3e".to_owned(),
        "secret: arn:aws:secretsmanager:us-east-1:123456789012:secret:Prod-AbCdEf".to_owned(),
        "secret = \"/run/secrets/DatabasePassword123456\"".to_owned(),
        format!("{}secret = \"{value}\"", "x;".repeat(MAX_SCANNED_LINE / 2)),
    ] {
        assert!(rules(&text).is_empty(), "{text}");
    }
}

#[test]
fn passwords_in_urls_are_found() {
    let password = random(19, ALNUM, 16);
    assert_eq!(
        rules(&format!("url = postgres://app:{password}@prod.acme.io/db")),
        ["password-in-url"]
    );
    for text in [
        format!("url = postgres://app:{password}@localhost/db"),
        format!("url = postgres://app:{password}@db.example.com/db"),
        "url = postgres://user:password123@prod.acme.io/db".to_owned(),
        "url = postgres://$USER:$PASSWORD_OF_1@prod.acme.io/db".to_owned(),
        format!("see https://prod.acme.io/a:{password}@b"),
    ] {
        assert!(rules(&text).is_empty(), "{text}");
    }
}

#[test]
fn a_mark_allows() {
    let (_, token) = tokens().swap_remove(0);
    let body = alnum(64);
    assert!(rules(&format!("a = '{token}' # {ALLOW_MARK}\n")).is_empty());
    assert!(rules(&format!("// {ALLOW_MARK}\n{token}")).is_empty());
    assert!(rules(&format!("# {ALLOW_MARK}\n{}", pem("PRIVATE KEY", "\n", &body))).is_empty());
    assert_eq!(rules(&format!("// {ALLOW_MARK}\n\n{token}")), ["github-token"]);
    assert_eq!(rules(&format!("{token}\n// {ALLOW_MARK}")), ["github-token"]);
}

#[test]
fn no_size_is_exempt() {
    let (_, token) = tokens().swap_remove(0);
    let mut large = vec![b'\n'; usize::try_from(MAX_HELD).unwrap()];
    large.extend_from_slice(token.as_bytes());
    let wanted = Finding { rule: "github-token", what: "GitHub token", line: MAX_HELD + 1 };
    assert_eq!(scan(&large), [wanted]);
    let many = format!("{token}\n").repeat(MAX_FINDINGS * 2);
    assert_eq!(scan(many.as_bytes()).len(), MAX_FINDINGS);
    assert!(scan(b"").is_empty());
}

/// Wherever windows and pieces end, the same is found: each format once, none that goes on.
#[test]
fn what_lies_across_windows_is_found() {
    let window = 256 << 10;
    for (place, (rule, token)) in tokens().into_iter().enumerate() {
        // In a line of its own, and in one longer than a window; debug builds are slow.
        for end in [["\n", " "][place % 2]] {
            for before in [window - token.len() / 2, window - (16 << 10) - token.len() / 2] {
                let text = format!("{}{end}{token}{end}", "x ".repeat(before / 2));
                let mut scanner = Scanner::default();
                text.as_bytes().chunks(1_000).for_each(|piece| scanner.push(piece));
                let found = scanner.finish();
                assert_eq!(found.len(), 1, "{rule} {before}: {found:?}");
                assert_eq!(found[0].rule, rule);
                assert_eq!(found[0].line, if end == "\n" { 2 } else { 1 });
            }
        }
    }
    // Longer than the format, at the very end of a window.
    let (_, npm) = tokens().into_iter().find(|(rule, _)| *rule == "npm-token").unwrap();
    for cut in 0..3 {
        let text = format!("{}{npm}{}", " ".repeat(window - npm.len() - cut), alnum(9));
        assert!(rules(&text).is_empty());
    }
}

#[test]
fn a_key_whose_body_is_in_the_next_window_is_found() {
    for before in [(256 << 10) - 20, (240 << 10) - 20, (256 << 10) - 60] {
        let text = format!("{}\n{}", "x".repeat(before), pem("PRIVATE KEY", "\n", &alnum(64)));
        assert_eq!(rules(&text), ["private-key"]);
    }
}

#[test]
fn zero_bytes_hide_nothing() {
    let (_, token) = tokens().swap_remove(0);
    assert_eq!(rules(&format!("\0{token}")), ["github-token"]);
    assert_eq!(rules(&format!("\u{7f}ELF\0\0{token}\0\0")), ["github-token"]);
    let found = scan(format!("a\0b\nc\0API_KEY={}\0", random(13, ALNUM, 32)).as_bytes());
    assert_eq!((found[0].rule, found[0].line), ("assigned-secret", 2));
    // Programs that read keys know how those begin.
    let reader = format!("-----BEGIN PRIVATE {}-----\0{ALNUM}\0", "KEY");
    assert!(rules(&reader).is_empty());
}

/// Whoever may push could keep a processor busy for hours with a file that packs to nothing.
#[test]
fn no_text_takes_far_longer_than_another() {
    const SIZE: usize = 64 << 10;
    let time = |text: &str| {
        let text: Vec<u8> = text.bytes().cycle().take(SIZE).collect();
        let once = || {
            let started = std::time::Instant::now();
            assert_eq!(scan(&text), []);
            started.elapsed()
        };
        // Others use the machine as well.
        (0..3).map(|_| once()).min().unwrap()
    };
    let usual = time("what people write, line after line, and nothing else\n");
    let begins = "-eyJ".repeat(1_000);
    for text in [
        "-eyJ".to_owned(),
        format!("{begins}.eyJ{begins}.{begins}example\n"),
        "-glpat-".to_owned(),
        format!("{}\n", "token=".repeat(300)),
        format!("{}\n", "://a:aaaaaa1@".repeat(150)),
        "-----BEGIN PRIVATE KEY-----".to_owned(),
    ] {
        let taken = time(&text);
        assert!(taken < 100 * usual, "{}: {taken:?}, usual {usual:?}", &text[..7]);
    }
}

/// Zero bytes cut one line into as many pieces as it has bytes.
#[test]
fn one_line_is_remembered_once() {
    let mut keys = AwsKeys::default();
    let mut found = Vec::new();
    let secret = random(3, ALNUM, 40);
    for _ in 0..1_000 {
        keys.look(secret.as_bytes(), 7, &mut found);
    }
    keys.look(format!("AKIA{}", random(5, UPPER, 16)).as_bytes(), 8, &mut found);
    assert_eq!(found.len(), 1);
}

fn utf16(text: &str, unit: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn utf16_is_read() {
    let (_, token) = tokens().swap_remove(0);
    let text = format!("first\r\nTOKEN=\"{token}\"\r\n{}", "ü – 語 🎉 text\r\n".repeat(9_000));
    for with_mark in [true, false] {
        let text = if with_mark { format!("\u{feff}{text}") } else { text[..90].to_owned() };
        for bytes in [utf16(&text, u16::to_le_bytes), utf16(&text, u16::to_be_bytes)] {
            let found = scan(&bytes);
            assert_eq!(found.len(), 1, "{with_mark}");
            assert_eq!((found[0].rule, found[0].line), ("github-token", 2));
            // However it comes.
            let mut scanner = Scanner::default();
            bytes.chunks(7).for_each(|piece| scanner.push(piece));
            assert_eq!(scanner.finish(), found);
        }
    }
    assert_eq!(scan(&[0xff, 0xfe, 0x41]), []);
}

#[test]
fn what_is_told_has_no_secret_in_it() {
    let (_, token) = tokens().swap_remove(0);
    let finding = scan(token.as_bytes())[0];
    let path = format!("a/{token}.txt/b\u{1b}[0m");
    let commit = crate::Oid::from_bytes([1; 20]);
    for place in [Place::File(path.clone().into()), Place::Name(path.into())] {
        let said = Leak { finding, commit, place }.to_string();
        assert!(said.contains("a/[secret]/b?[0m") && !said.contains(&token), "{said}");
    }
    let webhook = &tokens()[5].1;
    let place = Place::Name(webhook.clone().into());
    let said = Leak { finding, commit, place }.to_string();
    assert!(said.contains("the file name [secret]"), "{said}");
}

#[test]
fn our_own_source_has_no_secrets() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![folder];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let found = scan(&std::fs::read(&path).unwrap());
            assert_eq!(found, [], "{}", path.display());
        }
    }
    assert!(files > 20);
}

#[test]
fn entropy_is_in_bits() {
    assert!(entropy(b"aaaa").abs() < 1e-9);
    assert!((entropy(b"abab") - 1.0).abs() < 1e-9);
    assert!((entropy(b"abcdefgh") - 3.0).abs() < 1e-9);
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_fall(content in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2_000)) {
        scan(&content);
    }

    #[test]
    fn pieces_make_no_difference(
        content in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20_000),
        size in 1..9_000_usize,
    ) {
        let mut scanner = Scanner::default();
        content.chunks(size).for_each(|piece| scanner.push(piece));
        proptest::prop_assert_eq!(scanner.finish(), scan(&content));
    }

    #[test]
    fn no_text_makes_it_fall(text in "[-_=:/@'\"a-zA-Z0-9\\n ]{0,400}(-----BEGIN |sk-|eyJ|://)[^\\x00]{0,300}") {
        scan(text.as_bytes());
    }
}
