package app.doorstep.screens

import app.doorstep.screens.words.Words
import java.time.Instant
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.ZoneId
import java.time.temporal.ChronoUnit

/** The phone's clock, and where it is. */
interface PhoneClock {
    /** Now, in s since 1970. */
    fun nowS(): Long

    /** For what people call today. */
    val zone: ZoneId

    companion object {
        /** The system's. */
        fun system(): PhoneClock = object : PhoneClock {
            override fun nowS(): Long = System.currentTimeMillis() / MS_A_SECOND

            override val zone: ZoneId
                get() = ZoneId.systemDefault()
        }
    }
}

private const val MS_A_SECOND: Long = 1_000
private const val DAYS_SPOKEN_MAX: Long = 6

/** Seconds of a day. */
internal const val DAY_S: Long = 24 * 60 * 60

/** Times as people say them: "today 14:20", "3 days ago", "due tomorrow 9:00". */
internal class Times(private val clock: PhoneClock, private val words: Words) {
    /** The day that people call today, in days since 1970. */
    fun today(): Long = localOf(clock.nowS()).toLocalDate().toEpochDay()

    /** The day of a time, in days since 1970. */
    fun dayOf(timeS: Long): Int = localOf(timeS).toLocalDate().toEpochDay().toInt()

    /** A day: "5 March". */
    fun day(day: Int): String =
        date(LocalDate.ofEpochDay(day.toLong()), localOf(clock.nowS()).toLocalDate())

    /** When something was. */
    fun past(timeS: Long): String {
        val time = localOf(timeS)
        val now = localOf(clock.nowS())
        return when (val days = ChronoUnit.DAYS.between(time.toLocalDate(), now.toLocalDate())) {
            0L -> words.todayAt(hour(time))
            1L -> words.yesterdayAt(hour(time))
            in 2..DAYS_SPOKEN_MAX -> words.daysAgo(days.toInt())
            else -> date(time.toLocalDate(), now.toLocalDate())
        }
    }

    /** By when something is to be done. */
    fun due(timeS: Long, overdue: Boolean): String {
        val time = localOf(timeS)
        val now = localOf(clock.nowS())
        val days = ChronoUnit.DAYS.between(now.toLocalDate(), time.toLocalDate())
        return when {
            overdue -> words.overdueSince(past(timeS))
            days == 0L -> words.due(words.todayAt(hour(time)))
            days == 1L -> words.due(words.tomorrowAt(hour(time)))
            days in 2..DAYS_SPOKEN_MAX -> words.due(words.inDays(days.toInt()))
            else -> words.due(date(time.toLocalDate(), now.toLocalDate()))
        }
    }

    private fun date(day: LocalDate, today: LocalDate): String =
        words.date(day.year.takeIf { it != today.year }, day.monthValue, day.dayOfMonth)

    private fun hour(time: LocalDateTime): String = "${time.hour}:${time.minute.toString().padStart(2, '0')}"

    private fun localOf(timeS: Long): LocalDateTime =
        LocalDateTime.ofInstant(Instant.ofEpochSecond(timeS), clock.zone)
}
