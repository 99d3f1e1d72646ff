package app.doorstep.screens

import app.doorstep.ffi.StoryLine

/** One thing to know about a grievance or a household. */
data class Fact(
    /** What it is. */
    val label: String,
    /** How it is. */
    val text: String,
)

/** Something that was written in a document. */
data class StoryRow(
    /** Its id. */
    val event: String,
    /** Its kind's word, for an icon: `accept`, `resolve`, ... */
    val icon: String,
    /** Who wrote it. */
    val who: String,
    /** When. */
    val time: String,
    /** What happened. */
    val sentence: String,
    /** The words that a person wrote with it. */
    val words: String?,
    /** It counts now; else [remark] says why it does not. */
    val counts: Boolean,
    /** Why it does not count, or what else is to be known. */
    val remark: String?,
    /** "Saved here", until the relay has it. */
    val mark: String?,
    /** The row for a screen reader. */
    val spoken: String,
    /** Where it was written, in a story over several documents. */
    val where: String? = null,
    /** Where a tap leads; null = nowhere. */
    val opens: Screen? = null,
)

internal fun storyRow(
    line: StoryLine,
    setting: Setting,
    where: String? = null,
    opens: Screen? = null,
): StoryRow {
    val words = setting.words
    val time = line.timeS?.let(setting.times::past).orEmpty()
    val about = if (line.about && time.isNotEmpty()) words.about(time) else time
    val who = if (line.mine) words.me else line.author.name
    val mark = words.savedHere.takeUnless { line.arrived }
    return StoryRow(
        event = line.event,
        icon = line.kind,
        who = who,
        time = about,
        sentence = line.sentence,
        words = line.words,
        counts = line.inForce,
        remark = line.remark,
        mark = mark,
        spoken = joined(words.comma, where, who, about, line.sentence, line.words, line.remark, mark),
        where = where,
        opens = opens,
    )
}
