package app.doorstep.sdk.testing

import java.net.DatagramPacket
import java.net.DatagramSocket
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.SocketAddress
import java.net.SocketException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong

/**
 * The path between phones and a relay, which can be cut: phones are invited to [address], and what they send goes on
 * to the relay for as long as the path carries it.
 *
 * ```kotlin
 * UdpPath(relay.address).use { path ->
 *     val cut = path.cutAfter(40)          // forty datagrams more, then silence
 *     val sync = launch { phone.sync() }
 *     cut.await()                          // now the meeting is half way
 * }
 * ```
 */
class UdpPath(relay: String) : AutoCloseable {
    private val relayAddress = InetSocketAddress(relay.substringBeforeLast(':'), relay.substringAfterLast(':').toInt())

    private val front = DatagramSocket(InetSocketAddress(InetAddress.getLoopbackAddress(), 0))

    /** One socket towards the relay for each phone. */
    private val backs = ConcurrentHashMap<SocketAddress, DatagramSocket>()

    private val carries = AtomicLong(Long.MAX_VALUE)

    @Volatile
    private var cut = CountDownLatch(1)

    /** Where phones are to look for the relay, `127.0.0.1:PORT`. */
    val address: String = "127.0.0.1:${front.localPort}"

    init {
        carry(front) { packet -> back(packet.socketAddress).send(to(relayAddress, packet)) }
    }

    /** Carries this many datagrams more, in both ways together, and then nothing. */
    fun cutAfter(datagrams: Long): Cut {
        val latch = CountDownLatch(1)
        cut = latch
        carries.set(datagrams)
        return Cut(latch)
    }

    /** Carries everything again. */
    fun mend() {
        carries.set(Long.MAX_VALUE)
    }

    override fun close() {
        front.close()
        backs.values.forEach(DatagramSocket::close)
    }

    /** The moment from which nothing is carried any more. */
    class Cut internal constructor(private val latch: CountDownLatch) {
        /** Waits for the first datagram that was not carried. */
        fun await() {
            check(latch.await(PATIENCE_S, TimeUnit.SECONDS)) { "too little was sent for a cut" }
        }
    }

    private fun back(phone: SocketAddress): DatagramSocket = backs.computeIfAbsent(phone) {
        val socket = DatagramSocket(InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        carry(socket) { packet -> front.send(to(phone, packet)) }
        socket
    }

    private fun carry(from: DatagramSocket, send: (DatagramPacket) -> Unit) {
        val thread = Thread {
            val packet = DatagramPacket(ByteArray(DATAGRAM_BYTES_MAX), DATAGRAM_BYTES_MAX)
            while (!from.isClosed) {
                try {
                    packet.length = DATAGRAM_BYTES_MAX
                    from.receive(packet)
                    if (mayPass()) send(packet)
                } catch (_: SocketException) {
                    // Closed, or the relay is not there: then it is as if the datagram was lost.
                }
            }
        }
        thread.isDaemon = true
        thread.start()
    }

    private fun mayPass(): Boolean {
        val left = carries.getAndUpdate { if (it in 1 until Long.MAX_VALUE) it - 1 else it }
        if (left == 0L) cut.countDown()
        return left > 0
    }

    private fun to(address: SocketAddress, packet: DatagramPacket): DatagramPacket =
        DatagramPacket(packet.data, packet.offset, packet.length, address)

    private companion object {
        const val DATAGRAM_BYTES_MAX = 65_535
    }
}
