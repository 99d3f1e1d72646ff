package app.doorstep.demo

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** Whether the system knows of a network. That one is there does not say that the relay is reached. */
class SystemNetwork(context: Context) {
    private val manager = context.getSystemService(ConnectivityManager::class.java)
    private val known = MutableStateFlow(manager.activeNetwork != null)

    /** As it is now. */
    val online: StateFlow<Boolean> = known.asStateFlow()

    init {
        // For as long as the process lives: it costs nothing while nothing changes.
        manager.registerDefaultNetworkCallback(
            object : ConnectivityManager.NetworkCallback() {
                override fun onAvailable(network: Network) {
                    known.value = true
                }

                override fun onLost(network: Network) {
                    known.value = false
                }
            },
        )
    }
}
