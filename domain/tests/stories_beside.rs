//! Stories with named people, and how each ends: level, grade, due, corrections, copies.
//!
//! Lines are explained in `town`. Xu finds the grievance (`d`) unless the first line says otherwise. Li
//! owns the building, Ma is its stand-in and Wang its backup; Chen and Xu are members of the grid, Zhao
//! leads it, Sun and Song lead the block, Qian works for the community, Zhou for the sub-district; Wu is
//! in the water team.

mod town;

use town::tell::tell;

#[test]
fn level_grade_and_due() {
    tell(&[
        (
            "resolve against escalate: both stand, flagged, resolved at the lower level",
            &[
                "Li r d resolve",
                "Wang e d escalate level=community",
                "Chen c r,e confirm resolution=@r",
            ],
            "stage=confirmed level=community resolved_level=grid flags=resolve_escalate",
        ),
        (
            "rejected, it goes straight to the upper level",
            &[
                "Li r d resolve",
                "Wang e d escalate level=community",
                "Chen n r,e reject resolution=@r",
            ],
            "stage=reopened level=community",
        ),
        (
            "staff act when the level is theirs",
            &["Qian r d resolve", "Li e d escalate level=community", "Qian s e resolve"],
            "stage=resolved rejected=r:no_right resolved_level=community",
        ),
        ("outside needs a body", &["Qian e d escalate level=outside body=court"], "stage=referred"),
        (
            "outside only by staff",
            &["Sun e d escalate level=outside body=court"],
            "stage=discovered rejected=e:no_right",
        ),
        ("of the kind", &["Xu d - discover kind=1"], "grade=a due=7260s"),
        ("as said", &["Xu d - discover grade=b"], "grade=b due=86460s"),
        (
            "grade A against grade C: the more urgent, flagged",
            &[
                "Li g d set_grade grade=a supersedes=[@d]",
                "Wang h d set_grade grade=c supersedes=[@d]",
            ],
            "grade=a flags=grade",
        ),
        (
            "lowering needs a block lead",
            &["Li g d set_grade grade=a", "Li h g set_grade grade=c supersedes=[@g] reason=6"],
            "grade=a rejected=h:no_right",
        ),
        (
            "and a reason",
            &["Li g d set_grade grade=a", "Sun h g set_grade grade=c supersedes=[@g]"],
            "grade=a rejected=h:no_reason",
        ),
        (
            "then it is lower, and the clock runs from discovery",
            &["Li g d set_grade grade=a", "Sun h g set_grade grade=b supersedes=[@g] reason=6"],
            "grade=b due=86460s flags=-",
        ),
        (
            "settled by a block lead",
            &[
                "Li g d set_grade grade=a",
                "Wang h d set_grade grade=b",
                "Sun s g,h settle flag=grade about=[@g,@h] choice=1",
            ],
            "grade=b flags=-",
        ),
        (
            "settled twice, differently: the stricter, still flagged",
            &[
                "Li g d set_grade grade=a",
                "Wang h d set_grade grade=b",
                "Sun s g,h settle flag=grade about=[@g,@h] choice=1",
                "Song t g,h settle flag=grade about=[@g,@h] choice=2",
            ],
            "grade=b flags=grade",
        ),
        (
            "two due dates: the earlier, flagged",
            &["Li s d set_due due=+10", "Wang t d set_due due=+20"],
            "due=10h flags=due",
        ),
        (
            "an extension sets the date of the table aside",
            &["Sun s d set_due due=+400 supersedes=[@d] reason=13"],
            "due=400h rejected=-",
        ),
        (
            "one that does not name it does not",
            &["Sun s d set_due due=+400 reason=13"],
            "due=604860s",
        ),
        ("a member may not extend", &["Li s d set_due due=+400 reason=13"], "rejected=s:no_right"),
        ("nor anyone without a reason", &["Sun s d set_due due=+400"], "rejected=s:no_reason"),
        (
            "once a round",
            &[
                "Sun s d set_due due=+400 supersedes=[@d] reason=13",
                "Song t s set_due due=+500 supersedes=[@s] reason=13",
            ],
            "due=400h rejected=t:extension_used",
        ),
        (
            "of two extensions unseen the earlier holds",
            &[
                "Sun s d set_due due=+400 supersedes=[@d] reason=13",
                "Song t d set_due due=+500 supersedes=[@d] reason=13",
            ],
            "due=400h rejected=-",
        ),
        (
            "a regrade brings its own date",
            &[
                "Sun s d set_due due=+400 supersedes=[@d] reason=13",
                "Li g s set_grade grade=a supersedes=[@d]",
            ],
            "grade=a due=7260s",
        ),
        (
            "a new round may be extended again",
            &[
                "Sun s d set_due due=+400 supersedes=[@d] reason=13",
                "Li r s resolve",
                "Wang n r reject resolution=@r",
                "Sun t n set_due due=+500 supersedes=[@s] reason=13",
            ],
            "due=500h rejected=-",
        ),
        (
            "due counts from when it happened",
            &["Xu d - !hour=10 !happened=4 discover grade=b"],
            "due=28h due_to=28h",
        ),
        (
            "an uncertain clock gives a range from the floor to the relay's receipt",
            &["Xu d - !hour=10 !uncertain discover grade=b"],
            "due=24h due_to=122405s",
        ),
        ("the table of the roster point", &["Xu d - !point=3 discover"], "grade=c due=1209660s"),
    ]);
}

#[test]
fn corrections_copies_and_the_rest() {
    tell(&[
        (
            "a block lead strikes the discovery: entered by mistake",
            &["Sun k d correct event=@d"],
            "stage=entered_by_mistake",
        ),
        ("its finder may not", &["Xu k d correct event=@d"], "rejected=k:no_right"),
        (
            "nor a block lead who solved it",
            &["Sun r d resolve", "Sun k r correct event=@d"],
            "stage=resolved rejected=k:no_right",
        ),
        (
            "said anew",
            &["Li r d resolve how=help", "Li k r correct event=@r replacement=resolve|how=council"],
            "stage=resolved how=council rejected=-",
        ),
        (
            "of another kind",
            &["Li r d resolve", "Li k r correct event=@r replacement=note"],
            "how=help rejected=k:bad_value",
        ),
        (
            "the correction is struck itself",
            &["Li r d resolve", "Li k r correct event=@r", "Li m k correct event=@k"],
            "stage=resolved force=d,m,r",
        ),
        (
            "what a word rests on is not struck behind its back",
            &["Li r d resolve", "Wang c r confirm resolution=@r", "Li k r !fresh correct event=@r"],
            "stage=confirmed force=c,d,r",
        ),
        (
            "filed at the wrong place",
            &["Li r d resolve", "Sun t r transfer to=#5"],
            "stage=transferred due=- flags=-",
        ),
        (
            "a word after it is flagged",
            &["Li r d resolve", "Sun t r transfer to=#5", "Wang n r reject resolution=@r"],
            "stage=transferred flags=after_transfer",
        ),
        (
            "the same act written again under another actor counts once",
            &["Li r d resolve", "Li s d !fresh !again=r resolve", "Wang c s confirm resolution=@r"],
            "stage=confirmed accounts=1 entries=3 flags=-",
        ),
        (
            "with other content it is flagged",
            &["Li r d resolve", "Li s d !fresh !again=r resolve how=council"],
            "accounts=1 flags=other_copy",
        ),
        (
            "valid if one copy is",
            &[
                "Li r d resolve",
                "Chen c r !point=2 confirm resolution=@r",
                "Chen e r !fresh !again=c confirm resolution=@r",
            ],
            "stage=confirmed",
        ),
        (
            "rights are those of the roster point",
            &["Chen r d !point=2 resolve"],
            "stage=discovered rejected=r:no_right",
        ),
        (
            "held: it opens no round and counts for nothing",
            &["Li r d !held resolve", "Wang c r confirm resolution=@r"],
            "stage=discovered rejected=- force=d",
        ),
        (
            "a rejection of a held resolution has force",
            &["Li r d !held resolve", "Wang n r reject resolution=@r"],
            "stage=reopened open=n",
        ),
        (
            "linked and unlinked",
            &[
                "Li l d duplicate_of other=#5",
                "Wang m l not_duplicate link=@l",
                "Li o m duplicate_of other=#5",
            ],
            "duplicates=1",
        ),
        (
            "events of one act see each other",
            &["Li r d accept ; resolve", "Wang c r confirm resolution=@r.1"],
            "stage=confirmed owner=Li force=c,d,r,r.1",
        ),
        (
            "a team that was sent",
            &["Wu r d resolve", "Zhao t d dispatch_team team=^water", "Wu s t resolve"],
            "stage=resolved rejected=r:no_right",
        ),
        ("an auditor writes nothing", &["Audit n d note"], "rejected=n:no_right"),
        ("nor a member of another grid", &["Far a d accept"], "rejected=a:no_right"),
        (
            "an import in its own document with a source",
            &["Import d - discover source=source", "Import r d resolve", "Import a r progress"],
            "stage=resolved rejected=a:no_right",
        ),
        ("an import without a source", &["Import d - discover"], "stage=void rejected=d:no_right"),
        ("a discovery once, in the first act", &["Xu e d discover"], "rejected=e:not_first"),
        ("an event of another kind of document", &["Li v d joined"], "rejected=v:wrong_document"),
    ]);
}
