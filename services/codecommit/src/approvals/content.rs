//! What an approval rule says: a JSON document with the number of approvals that are needed and,
//! if they must come from certain people, the pool of those. A template's document can also name
//! the destination branches that it is for:
//! <https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-create-template.html>.

use serde_json::{Map, Value};

use super::pool::{Approver, Member, matches};

/// The one version of the language.
const VERSION: &str = "2018-11-08";
/// Approvals on a revision, and so what a rule can ask for; AWS's quota.
pub(crate) const MAX_APPROVALS: usize = 200;
/// Members of an approval pool; AWS's quota.
pub(crate) const MAX_POOL: usize = 50;
/// Destination references of a template; AWS's quota.
pub(crate) const MAX_DESTINATIONS: usize = 100;

/// Whose document it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// A rule made for one pull request, which has its destination already.
    PullRequest,
    /// A template, or a rule that came of one.
    Template,
}

/// A rule, understood.
#[derive(Debug, PartialEq)]
pub(crate) struct Content {
    /// Patterns of full reference names; none: every destination.
    destinations: Vec<String>,
    statements: Vec<Statement>,
}

#[derive(Debug, PartialEq)]
struct Statement {
    needed: usize,
    /// `None`: anybody.
    pool: Option<Vec<Member>>,
}

impl Content {
    /// Reads a rule.
    ///
    /// # Errors
    /// Says what is wrong with it, for the error that is the caller's.
    pub fn parse(text: &str, of: For) -> Result<Self, String> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let document = object(&document, "the document")?;
        known(document, "the document", &["Version", "DestinationReferences", "Statements"])?;
        match document.get("Version").and_then(Value::as_str) {
            Some(VERSION) => {}
            _ => return Err(format!("its Version must be \"{VERSION}\"")),
        }
        let destinations = match document.get("DestinationReferences") {
            None => Vec::new(),
            Some(_) if of == For::PullRequest => {
                return Err("DestinationReferences are for approval rule templates; a rule of \
                            a pull request is for that pull request's destination"
                    .to_owned());
            }
            Some(value) => destinations(value)?,
        };
        let statements = match document.get("Statements").and_then(Value::as_array) {
            Some(list) if !list.is_empty() => list.iter().map(statement).collect::<Result<_, _>>(),
            _ => Err("its Statements must be a list of at least one statement".to_owned()),
        }?;
        Ok(Self { destinations, statements })
    }

    /// Whether pull requests into this branch (`refs/heads/…`) are concerned.
    pub fn is_for(&self, destination: &str) -> bool {
        self.destinations.is_empty()
            || self.destinations.iter().any(|pattern| matches(pattern, destination))
    }

    /// Whether these approvals are enough.
    pub fn is_satisfied_by(&self, approvers: &[Approver]) -> bool {
        self.statements.iter().all(|statement| {
            let counts = |approver: &&Approver| match &statement.pool {
                None => true,
                Some(pool) => pool.iter().any(|member| member.covers(approver)),
            };
            approvers.iter().filter(counts).count() >= statement.needed
        })
    }
}

fn object<'v>(value: &'v Value, what: &str) -> Result<&'v Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{what} must be an object"))
}

fn known(object: &Map<String, Value>, what: &str, names: &[&str]) -> Result<(), String> {
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(format!("{what} has a member {name:?}, which rules do not know")),
        None => Ok(()),
    }
}

fn statement(value: &Value) -> Result<Statement, String> {
    let statement = object(value, "a statement")?;
    known(statement, "a statement", &["Type", "NumberOfApprovalsNeeded", "ApprovalPoolMembers"])?;
    if statement.get("Type").and_then(Value::as_str) != Some("Approvers") {
        return Err("the Type of a statement must be \"Approvers\"".to_owned());
    }
    let needed = statement.get("NumberOfApprovalsNeeded").and_then(Value::as_u64);
    let needed = needed.and_then(|needed| usize::try_from(needed).ok());
    let needed = needed.filter(|needed| (1..=MAX_APPROVALS).contains(needed)).ok_or_else(|| {
        format!("NumberOfApprovalsNeeded must be a number from 1 to {MAX_APPROVALS}")
    })?;
    let pool = statement.get("ApprovalPoolMembers").map(pool).transpose()?;
    Ok(Statement { needed, pool })
}

fn pool(value: &Value) -> Result<Vec<Member>, String> {
    let members = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if members.is_empty() || members.len() > MAX_POOL {
        return Err(format!(
            "ApprovalPoolMembers must be a list of 1 to {MAX_POOL} members; leave it out where \
             anybody's approval counts"
        ));
    }
    let member = |value: &Value| {
        let text = value.as_str().ok_or("a member of ApprovalPoolMembers must be a string")?;
        Member::parse(text)
    };
    members.iter().map(member).collect()
}

fn destinations(value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() || list.len() > MAX_DESTINATIONS {
        return Err(format!(
            "DestinationReferences must be a list of 1 to {MAX_DESTINATIONS} branches; leave it \
             out for all branches"
        ));
    }
    list.iter().map(destination).collect()
}

/// A branch by its full or short name, as a pattern of full names.
fn destination(value: &Value) -> Result<String, String> {
    let text = value.as_str().ok_or("a destination reference must be a string")?;
    let branch = text.strip_prefix("refs/heads/").unwrap_or(text);
    // A name with something in the place of its wildcards must be good.
    let full = format!("refs/heads/{branch}");
    if branch.starts_with(['*', '-']) || !git::is_valid_name(&full.replace('*', "x")) {
        return Err(format!(
            "the destination reference {text:?} is not the name of a branch; wildcards (*) may \
             stand anywhere but at its beginning"
        ));
    }
    Ok(full)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(document: &Value) -> Result<Content, String> {
        Content::parse(&document.to_string(), For::Template)
    }

    fn user(name: &str) -> Approver {
        Approver { arn: format!("arn:aws:iam::123456789012:user/{name}"), role_arn: None }
    }

    fn rule(needed: usize, pool: &[&str]) -> Value {
        json!({"Version": VERSION, "Statements": [
            {"Type": "Approvers", "NumberOfApprovalsNeeded": needed, "ApprovalPoolMembers": pool}]})
    }

    #[test]
    fn enough_of_the_right_people() {
        let two = parse(&rule(
            2,
            &["CodeCommitApprovers:123456789012:ann", "arn:aws:iam::123456789012:user/b*"],
        ))
        .unwrap();
        assert!(!two.is_satisfied_by(&[]));
        assert!(!two.is_satisfied_by(&[user("ann"), user("cleo")]));
        assert!(two.is_satisfied_by(&[user("ann"), user("cleo"), user("bob")]));
        let any = json!({"Version": VERSION, "Statements": [
            {"Type": "Approvers", "NumberOfApprovalsNeeded": 1}]});
        assert!(parse(&any).unwrap().is_satisfied_by(&[user("cleo")]));
        assert!(!parse(&any).unwrap().is_satisfied_by(&[]));
    }

    #[test]
    fn every_statement_counts() {
        let both = json!({"Version": VERSION, "Statements": [
            {"Type": "Approvers", "NumberOfApprovalsNeeded": 1,
             "ApprovalPoolMembers": ["CodeCommitApprovers:123456789012:ann"]},
            {"Type": "Approvers", "NumberOfApprovalsNeeded": 1,
             "ApprovalPoolMembers": ["CodeCommitApprovers:123456789012:bob"]}]});
        let both = parse(&both).unwrap();
        assert!(!both.is_satisfied_by(&[user("ann")]));
        assert!(both.is_satisfied_by(&[user("ann"), user("bob")]));
    }

    #[test]
    fn destinations_of_templates() {
        let on = |references: &[&str]| {
            let mut document = rule(1, &["CodeCommitApprovers:123456789012:*"]);
            document["DestinationReferences"] = json!(references);
            parse(&document)
        };
        let main = on(&["refs/heads/main", "release/*"]).unwrap();
        assert!(main.is_for("refs/heads/main") && main.is_for("refs/heads/release/1"));
        assert!(!main.is_for("refs/heads/mainly") && !main.is_for("refs/heads/dev"));
        assert!(parse(&rule(1, &["CodeCommitApprovers:123456789012:*"])).unwrap().is_for("x"));
        for bad in ["*main", "refs/heads/*", "a..b", "", "refs/heads/"] {
            assert!(on(&[bad]).is_err(), "{bad}");
        }
        assert!(on(&[]).is_err());
        assert!(on(&vec!["main"; MAX_DESTINATIONS + 1]).is_err());
        let text = r#"{"Version": "2018-11-08", "DestinationReferences": ["main"],
            "Statements": [{"Type": "Approvers", "NumberOfApprovalsNeeded": 1}]}"#;
        assert!(Content::parse(text, For::PullRequest).unwrap_err().contains("for approval rule"));
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        let good = json!({"Type": "Approvers", "NumberOfApprovalsNeeded": 1});
        let with = |name: &str, value: Value| {
            let mut statement = good.clone();
            statement[name] = value;
            json!({"Version": VERSION, "Statements": [statement]})
        };
        for bad in [
            json!([]),
            json!({"Statements": [good]}),
            json!({"Version": "2012-10-17", "Statements": [good]}),
            json!({"Version": VERSION}),
            json!({"Version": VERSION, "Statements": []}),
            json!({"Version": VERSION, "Statements": [good], "More": 1}),
            with("Type", json!("Reviewers")),
            with("NumberOfApprovalsNeeded", json!(0)),
            with("NumberOfApprovalsNeeded", json!(1.5)),
            with("NumberOfApprovalsNeeded", json!("1")),
            with("NumberOfApprovalsNeeded", json!(MAX_APPROVALS + 1)),
            with("ApprovalPoolMembers", json!([])),
            with("ApprovalPoolMembers", json!([1])),
            with("ApprovalPoolMembers", json!(["ann"])),
            with("ApprovalPoolMembers", json!("CodeCommitApprovers:123456789012:ann")),
            with(
                "ApprovalPoolMembers",
                json!(vec!["CodeCommitApprovers:123456789012:ann"; MAX_POOL + 1]),
            ),
            with("ApprovalPool", json!([])),
        ] {
            assert!(parse(&bad).is_err(), "{bad}");
        }
        assert!(Content::parse("{", For::Template).is_err());
    }
}
