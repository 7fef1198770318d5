//! Each operator with keys that are there, missing, several or of the wrong type.

use super::*;

/// Whether a condition block lets an Allow apply, and whether it lets a Deny apply.
fn applies(condition: &str, values: &str) -> (bool, bool) {
    let context = context(values);
    let request = Request {
        principal: &user(),
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: None,
        context: &context,
    };
    let run = |effect: &str| {
        let policy = [identity(&format!(
            r#"{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{{{condition}}}}}"#
        ))];
        let policies = PolicySet { identity: &policy, ..PolicySet::default() };
        !evaluate(&request, &policies).matched.is_empty()
    };
    (run("Allow"), run("Deny"))
}

fn check(cases: &[(&str, &str, bool)]) {
    for (condition, values, want) in cases {
        assert_eq!(applies(condition, values), (*want, *want), "{condition} {values}");
    }
}

#[test]
fn strings() {
    check(&[
        (r#""StringEquals":{"a:k":"x"}"#, r#"{"a:k":"x"}"#, true),
        (r#""StringEquals":{"A:K":"x"}"#, r#"{"a:k":"x"}"#, true),
        (r#""StringEquals":{"a:k":"x"}"#, r#"{"a:k":"X"}"#, false),
        (r#""StringEquals":{"a:k":["y","x"]}"#, r#"{"a:k":"x"}"#, true),
        (r#""StringEquals":{"a:k":"x*"}"#, r#"{"a:k":"xy"}"#, false),
        (r#""StringEquals":{"a:k":"x"}"#, "{}", false),
        (r#""StringEquals":{"a:k":[]}"#, r#"{"a:k":"x"}"#, false),
        (r#""stringequals":{"a:k":"x"}"#, r#"{"a:k":"x"}"#, true),
        (r#""StringEqualsIfExists":{"a:k":"x"}"#, "{}", true),
        (r#""StringEqualsIfExists":{"a:k":"x"}"#, r#"{"a:k":"y"}"#, false),
        (r#""StringNotEquals":{"a:k":"x"}"#, r#"{"a:k":"x"}"#, false),
        (r#""StringNotEquals":{"a:k":["x","y"]}"#, r#"{"a:k":"y"}"#, false),
        (r#""StringNotEquals":{"a:k":["x","y"]}"#, r#"{"a:k":"z"}"#, true),
        (r#""StringNotEquals":{"a:k":"x"}"#, "{}", true),
        (r#""StringNotEqualsIfExists":{"a:k":"x"}"#, "{}", true),
        (r#""StringEqualsIgnoreCase":{"a:k":"xY"}"#, r#"{"a:k":"Xy"}"#, true),
        (r#""StringEqualsIgnoreCase":{"a:k":"xY"}"#, r#"{"a:k":"Xyz"}"#, false),
        (r#""StringNotEqualsIgnoreCase":{"a:k":"xY"}"#, r#"{"a:k":"Xy"}"#, false),
        (r#""StringLike":{"a:k":"x*?z"}"#, r#"{"a:k":"xyyz"}"#, true),
        (r#""StringLike":{"a:k":"x*?z"}"#, r#"{"a:k":"xz"}"#, false),
        (r#""StringLike":{"a:k":"*"}"#, "{}", false),
        (r#""StringNotLike":{"a:k":"x*"}"#, r#"{"a:k":"xy"}"#, false),
        (r#""StringNotLike":{"a:k":"x*"}"#, r#"{"a:k":"yx"}"#, true),
        (r#""StringNotLike":{"a:k":"x*"}"#, "{}", true),
        // Several operators and keys must all hold.
        (r#""StringEquals":{"a:k":"x","a:l":"y"}"#, r#"{"a:k":"x","a:l":"y"}"#, true),
        (r#""StringEquals":{"a:k":"x","a:l":"y"}"#, r#"{"a:k":"x","a:l":"z"}"#, false),
        (
            r#""StringLike":{"a:k":"*"},"Bool":{"a:l":"true"}"#,
            r#"{"a:k":"x","a:l":"false"}"#,
            false,
        ),
    ]);
}

#[test]
fn numbers() {
    check(&[
        (r#""NumericEquals":{"a:k":10}"#, r#"{"a:k":"10"}"#, true),
        (r#""NumericEquals":{"a:k":"10"}"#, r#"{"a:k":"10.0"}"#, true),
        (r#""NumericEquals":{"a:k":"9007199254740993"}"#, r#"{"a:k":"9007199254740992"}"#, false),
        (r#""NumericEquals":{"a:k":"10"}"#, r#"{"a:k":"ten"}"#, false),
        (r#""NumericNotEquals":{"a:k":"10"}"#, r#"{"a:k":"11"}"#, true),
        (r#""NumericNotEquals":{"a:k":"10"}"#, "{}", true),
        (r#""NumericLessThan":{"a:k":"10"}"#, r#"{"a:k":"9.99"}"#, true),
        (r#""NumericLessThan":{"a:k":"10"}"#, r#"{"a:k":"10"}"#, false),
        (r#""NumericLessThanEquals":{"a:k":"10"}"#, r#"{"a:k":"10"}"#, true),
        (r#""NumericGreaterThan":{"a:k":"-1"}"#, r#"{"a:k":"0"}"#, true),
        (r#""NumericGreaterThan":{"a:k":"10"}"#, r#"{"a:k":"9"}"#, false),
        (r#""NumericGreaterThanEquals":{"a:k":"10"}"#, r#"{"a:k":"10"}"#, true),
        (r#""NumericGreaterThanEquals":{"a:k":"10"}"#, "{}", false),
        (r#""NumericLessThanIfExists":{"a:k":"10"}"#, "{}", true),
    ]);
}

#[test]
fn dates() {
    check(&[
        (r#""DateEquals":{"a:k":"2026-01-31T12:00:00Z"}"#, r#"{"a:k":"1769860800"}"#, true),
        (r#""DateNotEquals":{"a:k":"2026-01-31T12:00:00Z"}"#, r#"{"a:k":"1769860800"}"#, false),
        (r#""DateLessThan":{"a:k":"2026-02-01"}"#, r#"{"a:k":"2026-01-31T23:59:59Z"}"#, true),
        (r#""DateLessThan":{"a:k":"2026-02-01"}"#, r#"{"a:k":"2026-02-01T00:00:00Z"}"#, false),
        (r#""DateLessThanEquals":{"a:k":"2026-02-01"}"#, r#"{"a:k":"2026-02-01T00:00:00Z"}"#, true),
        (
            r#""DateGreaterThan":{"a:k":"2026-01-31T13:00:00+01:00"}"#,
            r#"{"a:k":"2026-01-31T12:00:01Z"}"#,
            true,
        ),
        (
            r#""DateGreaterThanEquals":{"a:k":"2026-01-31T12:00:00Z"}"#,
            r#"{"a:k":"2026-01-31T12:00:00Z"}"#,
            true,
        ),
        (r#""DateGreaterThan":{"a:k":"2026-01-31T12:00:00Z"}"#, r#"{"a:k":"whenever"}"#, false),
        (r#""DateGreaterThanIfExists":{"a:k":"2026-01-31T12:00:00Z"}"#, "{}", true),
    ]);
}

#[test]
fn flags_and_bytes() {
    check(&[
        (r#""Bool":{"a:k":"true"}"#, r#"{"a:k":"true"}"#, true),
        (r#""Bool":{"a:k":true}"#, r#"{"a:k":"True"}"#, true),
        (r#""Bool":{"a:k":"true"}"#, r#"{"a:k":"false"}"#, false),
        (r#""Bool":{"a:k":"false"}"#, "{}", false),
        (r#""BoolIfExists":{"a:k":"false"}"#, "{}", true),
        (r#""BoolIfExists":{"a:k":"false"}"#, r#"{"a:k":"true"}"#, false),
        (r#""BinaryEquals":{"a:k":"aGk="}"#, r#"{"a:k":"aGk="}"#, true),
        (r#""BinaryEquals":{"a:k":"aGk="}"#, r#"{"a:k":"aGo="}"#, false),
        (r#""BinaryEquals":{"a:k":"aGk="}"#, r#"{"a:k":"hi"}"#, false),
    ]);
}

#[test]
fn addresses() {
    check(&[
        (
            r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#,
            r#"{"aws:SourceIp":"203.0.113.9"}"#,
            true,
        ),
        (
            r#""IpAddress":{"aws:SourceIp":"203.0.113.77/24"}"#,
            r#"{"aws:SourceIp":"203.0.113.9"}"#,
            true,
        ),
        (
            r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#,
            r#"{"aws:SourceIp":"203.0.114.9"}"#,
            false,
        ),
        (
            r#""IpAddress":{"aws:SourceIp":"203.0.113.9"}"#,
            r#"{"aws:SourceIp":"203.0.113.9"}"#,
            true,
        ),
        (
            r#""IpAddress":{"aws:SourceIp":"203.0.113.9"}"#,
            r#"{"aws:SourceIp":"::ffff:203.0.113.9"}"#,
            true,
        ),
        (r#""IpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#, r#"{"aws:SourceIp":"1.2.3.4"}"#, true),
        (r#""IpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#, r#"{"aws:SourceIp":"::1"}"#, false),
        (r#""IpAddress":{"aws:SourceIp":"::/0"}"#, r#"{"aws:SourceIp":"2001:db8::1"}"#, true),
        (
            r#""IpAddress":{"aws:SourceIp":"2001:db8::/33"}"#,
            r#"{"aws:SourceIp":"2001:db8:8000::1"}"#,
            false,
        ),
        (
            r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#,
            r#"{"aws:SourceIp":"codebuild"}"#,
            false,
        ),
        (
            r#""NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","127.0.0.1"]}"#,
            r#"{"aws:SourceIp":"127.0.0.1"}"#,
            false,
        ),
        (
            r#""NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","127.0.0.1"]}"#,
            r#"{"aws:SourceIp":"127.0.0.2"}"#,
            true,
        ),
        (r#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, "{}", true),
    ]);
}

#[test]
fn arns() {
    let role = r#"{"a:k":"arn:aws:iam::123456789012:role/path/r"}"#;
    check(&[
        (r#""ArnLike":{"a:k":"arn:aws:iam::*:role/*"}"#, role, true),
        (r#""ArnEquals":{"a:k":"arn:aws:iam::123456789012:role/path/?"}"#, role, true),
        (r#""ArnEquals":{"a:k":"arn:aws:iam::123456789012:role/path/R"}"#, role, false),
        (r#""ArnLike":{"a:k":"arn:aws:*:role/path/r"}"#, role, false),
        (r#""ArnLike":{"a:k":"*"}"#, role, false),
        (r#""ArnLike":{"a:k":"arn:aws:iam::*:role/*"}"#, r#"{"a:k":"role/x"}"#, false),
        (r#""ArnNotLike":{"a:k":"arn:aws:iam::*:role/*"}"#, role, false),
        (r#""ArnNotEquals":{"a:k":"arn:aws:iam::1:role/*"}"#, role, true),
        (r#""ArnNotLike":{"a:k":"arn:aws:iam::*:role/*"}"#, "{}", true),
        (r#""ArnLikeIfExists":{"a:k":"arn:aws:iam::*:role/*"}"#, "{}", true),
    ]);
}

#[test]
fn presence() {
    check(&[
        (r#""Null":{"a:k":"true"}"#, "{}", true),
        (r#""Null":{"a:k":"true"}"#, r#"{"a:k":"x"}"#, false),
        (r#""Null":{"a:k":"true"}"#, r#"{"a:k":""}"#, true),
        (r#""Null":{"a:k":false}"#, r#"{"a:k":"x"}"#, true),
        (r#""Null":{"a:k":"false"}"#, "{}", false),
        (r#""Null":{"a:k":"false"}"#, r#"{"a:k":[]}"#, false),
        (r#""Null":{"aws:RequestTag/Team":"true"}"#, r#"{"aws:requesttag/team":"x"}"#, false),
    ]);
}

#[test]
fn sets() {
    check(&[
        (r#""ForAllValues:StringEquals":{"a:k":["x","y"]}"#, r#"{"a:k":["x","y","x"]}"#, true),
        (r#""ForAllValues:StringEquals":{"a:k":["x","y"]}"#, r#"{"a:k":["x","z"]}"#, false),
        (r#""ForAllValues:StringEquals":{"a:k":["x"]}"#, "{}", true),
        (r#""ForAllValues:StringEquals":{"a:k":["x"]}"#, r#"{"a:k":[]}"#, true),
        (r#""ForAllValues:StringNotEquals":{"a:k":["x"]}"#, r#"{"a:k":["y","z"]}"#, true),
        (r#""ForAllValues:StringNotEquals":{"a:k":["x"]}"#, r#"{"a:k":["x","z"]}"#, false),
        (r#""ForAllValues:StringLikeIfExists":{"a:k":"x*"}"#, "{}", true),
        (r#""ForAnyValue:StringEquals":{"a:k":["x","y"]}"#, r#"{"a:k":["z","y"]}"#, true),
        (r#""ForAnyValue:StringEquals":{"a:k":["x"]}"#, r#"{"a:k":["y","z"]}"#, false),
        (r#""ForAnyValue:StringEquals":{"a:k":["x"]}"#, "{}", false),
        (r#""ForAnyValue:StringNotEquals":{"a:k":["x"]}"#, r#"{"a:k":["x","z"]}"#, true),
        (r#""ForAnyValue:StringNotEquals":{"a:k":["x"]}"#, r#"{"a:k":["x"]}"#, false),
        (r#""ForAnyValue:StringNotEquals":{"a:k":["x"]}"#, "{}", false),
        (r#""ForAnyValue:StringEqualsIfExists":{"a:k":["x"]}"#, "{}", false),
        (r#""foranyvalue:StringLike":{"a:k":"x*"}"#, r#"{"a:k":["y","xy"]}"#, true),
        (r#""ForAllValues:NumericLessThan":{"a:k":"5"}"#, r#"{"a:k":["1","4"]}"#, true),
        (r#""ForAllValues:NumericLessThan":{"a:k":"5"}"#, r#"{"a:k":["1","5"]}"#, false),
        (
            r#""ForAnyValue:IpAddress":{"a:k":"10.0.0.0/8"}"#,
            r#"{"a:k":["1.1.1.1","10.9.9.9"]}"#,
            true,
        ),
        // Without a quantifier one value suffices, and a negated operator wants none to match.
        (r#""StringEquals":{"a:k":"x"}"#, r#"{"a:k":["y","x"]}"#, true),
        (r#""StringNotEquals":{"a:k":"x"}"#, r#"{"a:k":["y","x"]}"#, false),
    ]);
}

#[test]
fn variables() {
    let values = r#"{"aws:username":"alice","a:k":"alice","a:l":["p","q"]}"#;
    check(&[
        (r#""StringEquals":{"a:k":"${aws:username}"}"#, values, true),
        (r#""StringEquals":{"a:k":"${aws:username}x"}"#, values, false),
        (r#""StringLike":{"a:k":"al${*}"}"#, values, false),
        (r#""StringLike":{"a:k":"${aws:missing, 'ali'}*"}"#, values, true),
        (r#""StringEquals":{"a:k":["${aws:missing}","alice"]}"#, values, true),
        (r#""StringEquals":{"a:k":"${aws:missing}"}"#, values, false),
        (
            r#""ArnLike":{"a:arn":"arn:aws:iam::1:user/${aws:username}"}"#,
            r#"{"aws:username":"a","a:arn":"arn:aws:iam::1:user/a"}"#,
            true,
        ),
    ]);
    // An unresolvable variable never grants and never lifts a denial.
    let negated = r#""StringNotEquals":{"a:k":"${aws:missing}"}"#;
    assert_eq!(applies(negated, values), (false, true));
}

#[test]
fn variables_mean_nothing_in_old_policies() {
    let context = context(r#"{"aws:username":"alice","a:k":"${aws:username}"}"#);
    let request = Request {
        principal: &user(),
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/${aws:username}",
        resource_account: None,
        context: &context,
    };
    let text = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*",
        "Resource":"arn:aws:s3:::b/${aws:username}",
        "Condition":{"StringEquals":{"a:k":"${aws:username}"}}}}"#;
    let policy = Policy::parse(PolicyKind::Identity, text).unwrap();
    let attached = [Attached { source: "p".into(), policy: Arc::new(policy) }];
    let policies = PolicySet { identity: &attached, ..PolicySet::default() };
    assert!(evaluate(&request, &policies).allowed);
}
