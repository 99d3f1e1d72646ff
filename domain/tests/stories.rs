//! Stories with named people, and how each ends: the closed loop.
//!
//! Lines are explained in `town`. Xu finds the grievance (`d`) unless the first line says otherwise. Li
//! owns the building, Ma is its stand-in and Wang its backup; Chen and Xu are members of the grid, Zhao
//! leads it, Sun and Song lead the block, Qian works for the community, Zhou for the sub-district; Wu is
//! in the water team.

mod town;

use town::tell::tell;

#[test]
fn ownership() {
    tell(&[
        ("found and nothing else", &[], "stage=discovered owner=- level=grid grade=c rejected=-"),
        (
            "two accept, the owner of the building wins",
            &["Chen a d accept", "Li b d accept"],
            "stage=accepted owner=Li helpers=Chen force=a,b,d",
        ),
        ("stand-in before backup", &["Wang a d accept", "Ma b d accept"], "owner=Ma helpers=Wang"),
        (
            "backup before any other member, though he saw the other",
            &["Chen a d accept", "Wang b a accept"],
            "owner=Wang helpers=Chen",
        ),
        ("the lower level", &["Sun a d accept", "Chen b d accept"], "owner=Chen helpers=Sun"),
        (
            "accept holds against a decline of somebody else",
            &["Li a d accept", "Wang b d decline"],
            "stage=accepted owner=Li rejected=-",
        ),
        (
            "one's own accept can be declined",
            &["Li a d accept", "Li b a decline of=@a"],
            "stage=discovered owner=- force=b,d",
        ),
        (
            "not somebody else's",
            &["Li a d accept", "Wang b a decline of=@a"],
            "owner=Li rejected=b:no_right",
        ),
        (
            "assigned away: the former owner's act has effect, but he is not owner",
            &["Li a d accept", "Zhao s a assign to=%Chen", "Li r a resolve"],
            "stage=resolved owner=Chen helpers=- force=d,r,s",
        ),
        (
            "an accept unseen by the assign makes a helper",
            &["Zhao s d assign to=%Chen", "Li a d accept"],
            "owner=Chen helpers=Li",
        ),
        (
            "of two assigns unseen the author's higher level",
            &["Zhao s d assign to=%Chen", "Sun t d assign to=%Wang"],
            "owner=Wang",
        ),
        (
            "an assign that is declined leaves the accept it had seen",
            &["Li a d accept", "Zhao s a assign to=%Chen", "Chen n s decline of=@s"],
            "owner=Li force=a,d,n",
        ),
        ("a member may not assign", &["Li s d assign to=%Wang"], "owner=- rejected=s:no_right"),
        (
            "take over makes the author owner",
            &["Li a d accept", "Sun t a take_over level=block"],
            "owner=Sun level=block helpers=-",
        ),
        (
            "no higher than one's own level",
            &["Sun t d take_over level=community"],
            "level=grid rejected=t:no_right",
        ),
        (
            "sent back: the accept it had seen is owner again",
            &[
                "Li a d accept",
                "Sun t a take_over level=block",
                "Sun s t send_back to=grid returns=[@t]",
            ],
            "owner=Li level=grid force=a,d,s",
        ),
        (
            "send back against an accept from above: the level stays",
            &[
                "Li e d escalate level=community",
                "Qian a e accept",
                "Qian s e !fresh send_back to=grid returns=[@e]",
            ],
            "level=community owner=Qian",
        ),
        (
            "helpers that are named",
            &["Li a d accept", "Li p a progress helpers=[%Wang]", "Li r p resolve helpers=[%Chen]"],
            "stage=resolved helpers=Wang,Chen",
        ),
    ]);
}

#[test]
fn the_closed_loop() {
    tell(&[
        ("work is done", &["Li a d accept", "Li p a progress"], "stage=in_progress"),
        (
            "solved, confirmed, fed back",
            &[
                "Li a d accept",
                "Li r a resolve how=intervene",
                "Wang c r confirm resolution=@r",
                "Li f c feed_back resolution=@r",
            ],
            "stage=closed round=1 how=intervene told=true confirmed=true",
        ),
        (
            "confirmed, not yet told",
            &["Li r d resolve", "Wang c r confirm resolution=@r"],
            "stage=confirmed told=false may_close=true",
        ),
        (
            "told, not confirmed",
            &["Li r d resolve", "Li f r feed_back resolution=@r"],
            "stage=resolved told=true may_close=false",
        ),
        (
            "closed on a confirmation",
            &["Li r d resolve", "Wang c r confirm resolution=@r", "Li x c close"],
            "stage=closed",
        ),
        (
            "closed on a confirmation that is held now: the close is valid and waits",
            &["Li r d resolve", "Wang c r !held confirm resolution=@r", "Li x c close"],
            "stage=resolved rejected=-",
        ),
        (
            "closed on nothing",
            &["Li r d resolve", "Li x r close"],
            "stage=resolved rejected=x:not_answered",
        ),
        (
            "confirm against reject reopens",
            &["Li r d resolve", "Wang c r confirm resolution=@r", "Chen n r reject resolution=@r"],
            "stage=reopened round=2 flags=confirm_reject open=n force=d,n",
        ),
        (
            "a rejection that saw the confirmation reopens without a flag",
            &["Li r d resolve", "Wang c r confirm resolution=@r", "Wang n c reject resolution=@r"],
            "stage=reopened flags=-",
        ),
        (
            "no later confirmation of a rejected round",
            &["Li r d resolve", "Wang n r reject resolution=@r", "Wang c n confirm resolution=@r"],
            "stage=reopened force=d,n",
        ),
        (
            "close did not see the rejection",
            &[
                "Li r d resolve",
                "Wang c r confirm resolution=@r",
                "Li x c close",
                "Chen n r reject resolution=@r",
            ],
            "stage=reopened round=2 rejected=-",
        ),
        (
            "feed back did not see the rejection",
            &[
                "Li r d resolve",
                "Wang c r confirm resolution=@r",
                "Li f c feed_back resolution=@r",
                "Chen n r reject resolution=@r",
            ],
            "stage=reopened",
        ),
        (
            "rejected twice, one round",
            &["Li r d resolve", "Wang n r reject resolution=@r", "Chen m r reject resolution=@r"],
            "stage=reopened round=2 open=m,n",
        ),
        (
            "two resolve: one round, both accounts, either confirmation suffices",
            &["Li r d resolve", "Chen s d resolve", "Wang c r,s confirm resolution=@s"],
            "stage=confirmed round=1 accounts=2",
        ),
        (
            "the second round",
            &[
                "Li r d resolve",
                "Wang n r reject resolution=@r",
                "Li s n resolve answers=[@n]",
                "Wang c s confirm resolution=@s",
                "Li x c close",
            ],
            "stage=closed round=2 open=-",
        ),
        (
            "a close of an older round closes nothing",
            &[
                "Li r d resolve",
                "Wang c r confirm resolution=@r",
                "Li x c close",
                "Chen n r reject resolution=@r",
                "Wang s n resolve answers=[@n]",
            ],
            "stage=resolved round=2",
        ),
        (
            "a resolution that did not see the rejection stays in the old round",
            &["Li r d resolve", "Wang n r reject resolution=@r", "Chen s r resolve"],
            "stage=reopened round=2 open=n",
        ),
        (
            "a rejection that nobody answered keeps it open",
            &[
                "Li r d resolve",
                "Wang n r reject resolution=@r",
                "Chen m r reject resolution=@r",
                "Li s n resolve answers=[@n]",
            ],
            "stage=reopened round=2 open=m",
        ),
        (
            "unless the later round is confirmed; then it is flagged",
            &[
                "Li r d resolve",
                "Wang n r reject resolution=@r",
                "Chen m r reject resolution=@r",
                "Li s n resolve answers=[@n]",
                "Wang c s confirm resolution=@s",
            ],
            "stage=confirmed flags=rejection_unanswered",
        ),
        (
            "a rejection names what its author had seen",
            &["Li r d resolve", "Wang n d reject resolution=@r"],
            "stage=resolved rejected=n:unknown_target",
        ),
        (
            "and a resolution, not a note",
            &["Li t d note", "Wang n t reject resolution=@t"],
            "rejected=n:unknown_target",
        ),
    ]);
}

#[test]
fn attempts_and_words() {
    const ASKED: [&str; 3] = [
        "Li q1 r !day=1 asked_no_answer resolution=@r",
        "Li q2 q1 !day=2 asked_no_answer resolution=@r",
        "Li q3 q2 !day=3 asked_no_answer resolution=@r",
    ];
    tell(&[
        (
            "three unanswered attempts on three days",
            &["Wang r d resolve", ASKED[0], ASKED[1], ASKED[2], "Li x q3 close"],
            "stage=closed_not_reached flags=- rejected=-",
        ),
        (
            "all by who solved it: flagged",
            &["Li r d resolve", ASKED[0], ASKED[1], ASKED[2], "Chen x q3 close"],
            "stage=closed_not_reached flags=attempts_by_resolver",
        ),
        (
            "on two days",
            &[
                "Wang r d resolve",
                ASKED[0],
                ASKED[1],
                "Li q3 q2 asked_no_answer resolution=@r",
                "Li x q3 close",
            ],
            "stage=resolved rejected=x:not_answered",
        ),
        (
            "one with an uncertain clock",
            &[
                "Wang r d resolve",
                ASKED[0],
                ASKED[1],
                "Li q3 q2 !day=3 !uncertain asked_no_answer resolution=@r",
                "Li x q3 close",
            ],
            "stage=resolved rejected=x:not_answered",
        ),
        (
            "then the resident is content after all",
            &[
                "Wang r d resolve",
                ASKED[0],
                ASKED[1],
                ASKED[2],
                "Li x q3 close",
                "Chen c r confirm resolution=@r",
            ],
            "stage=closed",
        ),
        (
            "an attempt that is struck: the close waits",
            &[
                "Wang r d resolve",
                ASKED[0],
                ASKED[1],
                ASKED[2],
                "Li x q3 close",
                "Li k x correct event=@q2",
            ],
            "stage=resolved rejected=-",
        ),
        (
            "own word needs evidence",
            &["Li r d resolve", "Li c r confirm resolution=@r"],
            "stage=resolved rejected=c:own_word",
        ),
        (
            "own word with a signature",
            &["Li r d resolve", "Li c r confirm resolution=@r evidence=[proof]"],
            "stage=confirmed rejected=-",
        ),
        (
            "a helper's word is as one's own",
            &["Li r d resolve helpers=[%Wang]", "Wang c r confirm resolution=@r"],
            "rejected=c:own_word",
        ),
        (
            "a rejection needs nothing, even from who solved it",
            &["Li r d resolve", "Li n r reject resolution=@r"],
            "stage=reopened rejected=-",
        ),
        (
            "withdrawn by its owner without evidence",
            &["Li a d accept", "Li w a withdraw"],
            "stage=accepted rejected=w:own_word",
        ),
        (
            "withdrawn against a resolution: work kept, not confirmed",
            &["Wang w d withdraw", "Li r d resolve"],
            "stage=withdrawn accounts=1 confirmed=false",
        ),
        (
            "a rejection that it had not seen beats it",
            &["Li r d resolve", "Wang w r withdraw", "Chen n r reject resolution=@r"],
            "stage=reopened",
        ),
        (
            "one that it had seen in the same act does not",
            &["Li r d resolve", "Wang n r reject resolution=@r ; withdraw"],
            "stage=withdrawn",
        ),
        (
            "one that it had seen does not",
            &["Li r d resolve", "Chen n r reject resolution=@r", "Wang w n withdraw"],
            "stage=withdrawn",
        ),
        (
            "an intake point may record a word only where it made the document and has the code",
            &[
                "Kiosk d - discover",
                "Li r d resolve",
                "Kiosk c r confirm resolution=@r",
                "Kiosk e c confirm resolution=@r evidence=[code]",
            ],
            "stage=confirmed rejected=c:no_right",
        ),
    ]);
}

#[test]
fn unsolved() {
    tell(&[
        ("not told", &["Sun u d close_unsolved"], "stage=discovered rejected=- force=d"),
        ("told at once", &["Sun u d close_unsolved told=phone"], "stage=closed_unsolved told=true"),
        (
            "told later",
            &["Sun u d close_unsolved", "Li f u feed_back resolution=@u"],
            "stage=closed_unsolved told=true",
        ),
        ("by a member", &["Li u d close_unsolved told=phone"], "rejected=u:no_right"),
        (
            "beaten by a resolution that it had not seen",
            &["Sun u d close_unsolved told=phone", "Li r d resolve"],
            "stage=resolved",
        ),
        (
            "not by one that it had seen",
            &["Li r d resolve", "Sun u r close_unsolved told=phone"],
            "stage=closed_unsolved",
        ),
        (
            "a confirmation beats it, seen or not",
            &[
                "Li r d resolve",
                "Wang c r confirm resolution=@r",
                "Sun u c close_unsolved told=phone",
            ],
            "stage=confirmed",
        ),
        (
            "the resident rejects it",
            &["Sun u d close_unsolved told=phone", "Wang n u reject resolution=@u"],
            "stage=reopened round=2 open=n",
        ),
        (
            "in a second round",
            &[
                "Li r d resolve",
                "Wang n r reject resolution=@r",
                "Sun u n close_unsolved answers=[@n] told=phone",
            ],
            "stage=closed_unsolved round=2",
        ),
    ]);
}
