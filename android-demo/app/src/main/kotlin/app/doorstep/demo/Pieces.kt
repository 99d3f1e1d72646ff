package app.doorstep.demo

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.provider.Settings
import android.widget.Toast
import app.doorstep.demo.kit.Grid
import app.doorstep.demo.kit.Items
import app.doorstep.demo.kit.Pick
import app.doorstep.demo.kit.Shade
import app.doorstep.demo.kit.Weight
import app.doorstep.demo.kit.Writing
import app.doorstep.demo.kit.banner
import app.doorstep.demo.kit.below
import app.doorstep.demo.kit.button
import app.doorstep.demo.kit.choices
import app.doorstep.demo.kit.write
import app.doorstep.screens.Field
import app.doorstep.screens.Input
import app.doorstep.screens.Notice
import app.doorstep.screens.NoticeKind
import app.doorstep.screens.Option
import app.doorstep.screens.StatusLine
import app.doorstep.screens.Tone
import app.doorstep.screens.words.Words

/** The message above a screen, where there is one. */
internal fun Items.notice(activity: Activity, words: Words, notice: Notice?, dismiss: () -> Unit) {
    if (notice == null) return
    add("notice", notice) { context ->
        context.banner(notice.text, notice.kind.icon(), notice.kind.shade()) {
            words.noticeButton(notice.kind)?.let { text ->
                below(context.button(text, Weight.SECOND) { activity.follow(notice) }, Grid.TWO)
            }
            below(context.button(words.dismiss, Weight.SECOND) { dismiss() }, Grid.ONE)
        }
    }
}

/** The sentence that something came meanwhile, with its button. */
internal fun Items.newCame(text: String?, button: String, look: () -> Unit) {
    if (text == null) return
    add("new-came", text) { context ->
        context.banner(text, R.drawable.ic_sync, Shade.INFO) {
            below(context.button(button, Weight.SECOND) { look() }, Grid.TWO)
        }
    }
}

/** A field of a form. */
internal fun Items.field(field: Field, words: Words, choose: (String) -> Unit, type: (String) -> Unit) {
    // Where any may be ticked, none may be: that needs no words.
    val asked = field.required || field is Field.Tick
    val label = if (asked) field.label else "${field.label} (${words.optional})"
    when (field) {
        is Field.Choose -> choices(field.key, label, field.options.map(Option::pick), choose = choose)
        is Field.Tick -> choices(field.key, label, field.options.map { it.pick().copy(many = true) }, choose = choose)
        is Field.Say -> add(field.key, field.label, Grid.TWO) { it.banner(field.label, R.drawable.ic_info, Shade.INFO) }
        is Field.Write -> write(field.key, label, field.text, field.input.writing(), typed = type)
    }
}

/** A choice for the views. */
internal fun Option.pick(): Pick = Pick(value, text, chosen)

/** The sign of how things stand: the shape says it, not the colour. */
internal fun StatusLine.icon(): Int = when (tone) {
    Tone.CALM -> R.drawable.ic_cloud
    Tone.ATTENTION -> R.drawable.ic_alert
}

private fun Input.writing(): Writing = when (this) {
    Input.LINE -> Writing.LINE
    Input.WORDS -> Writing.WORDS
    Input.PHONE -> Writing.PHONE
    Input.NUMBER -> Writing.NUMBER
}

private fun NoticeKind.icon(): Int = when (this) {
    NoticeKind.SHOW -> R.drawable.ic_info
    NoticeKind.WAIT -> R.drawable.ic_cloud_wait
    NoticeKind.ENROL -> R.drawable.ic_key
    NoticeKind.UPDATE -> R.drawable.ic_sync
    NoticeKind.FREE_SPACE, NoticeKind.REPORT -> R.drawable.ic_alert
}

private fun NoticeKind.shade(): Shade = when (this) {
    NoticeKind.SHOW, NoticeKind.ENROL, NoticeKind.UPDATE -> Shade.WARN
    NoticeKind.WAIT -> Shade.INFO
    NoticeKind.FREE_SPACE, NoticeKind.REPORT -> Shade.ALARM
}

private fun Activity.follow(notice: Notice) {
    val intent = when (notice.kind) {
        NoticeKind.ENROL -> Intent(this, EnrolActivity::class.java)
        NoticeKind.UPDATE -> Intent(Intent.ACTION_VIEW, Uri.parse("market://details?id=$packageName"))
        NoticeKind.FREE_SPACE -> Intent(Settings.ACTION_INTERNAL_STORAGE_SETTINGS)
        // The stable word alone: a report carries nothing of a resident.
        NoticeKind.REPORT -> Intent.createChooser(
            Intent(Intent.ACTION_SEND).setType("text/plain")
                .putExtra(Intent.EXTRA_TEXT, getString(R.string.report_subject, notice.code)),
            null,
        )
        NoticeKind.SHOW, NoticeKind.WAIT -> return
    }
    try {
        startActivity(intent)
    } catch (_: ActivityNotFoundException) {
        Toast.makeText(this, R.string.no_app_for_this, Toast.LENGTH_LONG).show()
    }
}
