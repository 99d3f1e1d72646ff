package app.doorstep.demo.kit

import android.content.Context
import android.graphics.drawable.StateListDrawable
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.view.Gravity
import android.view.View
import android.view.inputmethod.EditorInfo
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import app.doorstep.demo.R

/** What is written into a field. */
enum class Writing { LINE, WORDS, PHONE, NUMBER, CODE }

/** A field with its label. What is typed goes out by [typed]; what comes in is only what it begins with. */
class WriteField(
    context: Context,
    label: String,
    hint: String?,
    begin: String,
    writing: Writing,
    typed: (String) -> Unit,
) : LinearLayout(context) {
    /** Where it is typed. */
    val edit: EditText = EditText(context)

    init {
        orientation = VERTICAL
        val name = context.words(label, LABEL)
        below(name)
        edit.id = View.generateViewId()
        name.labelFor = edit.id
        edit.setText(begin)
        edit.hint = hint
        edit.wear(Look.BODY)
        edit.setHintTextColor(context.getColor(R.color.quiet))
        edit.minimumHeight = context.dp(Grid.BUTTON)
        val side = context.dp(14)
        edit.background = ground()
        edit.setPadding(side, side, side, side)
        edit.gravity = Gravity.CENTER_VERTICAL or Gravity.START
        edit.importantForAutofill = View.IMPORTANT_FOR_AUTOFILL_NO
        edit.isSaveEnabled = false
        kind(writing)
        edit.addTextChangedListener(Typed(typed))
        below(edit, Grid.ONE)
    }

    private fun kind(writing: Writing) {
        // The keyboard learns nothing from what residents say.
        edit.imeOptions = EditorInfo.IME_FLAG_NO_PERSONALIZED_LEARNING or when (writing) {
            Writing.LINE, Writing.PHONE, Writing.NUMBER -> EditorInfo.IME_ACTION_NEXT
            Writing.WORDS, Writing.CODE -> EditorInfo.IME_ACTION_NONE
        }
        val words = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_SENTENCES
        val many = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_MULTI_LINE
        edit.inputType = when (writing) {
            Writing.LINE -> words
            Writing.WORDS -> words or InputType.TYPE_TEXT_FLAG_MULTI_LINE
            Writing.PHONE -> InputType.TYPE_CLASS_PHONE
            Writing.NUMBER -> InputType.TYPE_CLASS_NUMBER
            Writing.CODE -> many or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
        }
        if (writing == Writing.WORDS || writing == Writing.CODE) {
            edit.minLines = 2
            edit.gravity = Gravity.TOP or Gravity.START
        }
    }

    private fun ground() = StateListDrawable().apply {
        val calm = context.rounded(R.color.surface, CORNER, R.color.outline, 1)
        val here = context.rounded(R.color.surface, CORNER, R.color.primary, 3)
        addState(intArrayOf(android.R.attr.state_focused), here)
        addState(intArrayOf(), calm)
    }

    private class Typed(private val tell: (String) -> Unit) : TextWatcher {
        override fun beforeTextChanged(text: CharSequence, start: Int, count: Int, after: Int) = Unit

        override fun onTextChanged(text: CharSequence, start: Int, before: Int, count: Int) = Unit

        override fun afterTextChanged(text: Editable) = tell(text.toString())
    }

    private companion object {
        const val CORNER = 14
    }
}

/** Adds a field. It keeps what is typed while its [key] stays; [begin] counts only when it is made. */
fun Items.write(
    key: String,
    label: String,
    begin: String,
    writing: Writing,
    hint: String? = null,
    gap: Int = Grid.THREE,
    typed: (String) -> Unit,
) = add(key, label to hint, gap) { WriteField(it, label, hint, begin, writing, typed) }

/** A number with one fewer and one more, each a spoken name and what it does. */
class Counter(context: Context, label: String, fewer: Pair<String, () -> Unit>, more: Pair<String, () -> Unit>) :
    LinearLayout(context) {
    private val number: TextView = context.words("", Look.TITLE)
    private val less = key(R.drawable.ic_minus, fewer)
    private val plus = key(R.drawable.ic_add, more)

    init {
        orientation = VERTICAL
        below(context.words(label, LABEL).apply { markHeading() })
        number.gravity = Gravity.CENTER
        number.minimumWidth = context.dp(Grid.BUTTON)
        number.accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
        val keys = context.row {
            addView(less)
            addView(number, LayoutParams(context.dp(2 * Grid.TARGET), LayoutParams.WRAP_CONTENT))
            addView(plus)
        }
        below(keys, Grid.ONE)
    }

    /** Shows this number. */
    fun show(now: Int) {
        number.text = now.toString()
    }

    private fun key(icon: Int, named: Pair<String, () -> Unit>): Button =
        context.button("", Weight.SECOND, null, named.second).apply {
            contentDescription = named.first
            val side = context.dp(KEY)
            layoutParams = LayoutParams(side, side)
            minWidth = side
            leadWith(icon, R.color.primary)
            compoundDrawablePadding = 0
            val inset = (side - context.sp(ICON)) / 2
            setPadding(inset, 0, 0, 0)
            gravity = Gravity.CENTER_VERTICAL or Gravity.START
        }

    private companion object {
        const val KEY = 64
        const val ICON = 24
    }
}

/** Adds a counter. */
fun Items.counter(
    key: String,
    label: String,
    now: Int,
    fewer: Pair<String, () -> Unit>,
    more: Pair<String, () -> Unit>,
) = add(key, label to now, Grid.THREE, change = { (it as Counter).show(now) }) { context ->
    Counter(context, label, fewer, more).apply { show(now) }
}
