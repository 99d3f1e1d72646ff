package app.doorstep.sdk.testing

/** A small sub-district for tests, as a file of `doorstep init --roster`. */
object SampleRoster {
    /** Leads block B1, and so holds all of its logs. */
    const val BLOCK_LEAD: String = "L-B1"

    /** Leads grid G1. */
    const val GRID_LEAD: String = "L-G1"

    /** A member of grid G1, who answers for building G1-1, "1栋". */
    const val OWNER: String = "M-01"

    /** A member of grid G1, who helps in building G1-1 and answers for G1-2, "2栋". */
    const val BACKUP: String = "M-02"

    /** A member of grid G2, who answers for G2-1, "3栋", and sees nothing of G1. */
    const val ELSEWHERE: String = "M-03"

    /** What people call building G1-1. */
    const val BUILDING_NAME: String = "1栋"

    /** The file. */
    val text: String by lazy {
        val resource = checkNotNull(SampleRoster::class.java.getResourceAsStream("roster.toml")) {
            "roster.toml is not on the test classpath"
        }
        resource.use { it.readBytes().decodeToString() }
    }
}
