namespace KernelSockets;

/// <summary>Locks that an interrupt of the thread must not break off.</summary>
public static class LockExtensions
{
    /// <summary>
    /// Enters a gate, also when the thread is interrupted while another one holds it: for those who cannot leave what they do half done. The
    /// interrupt strikes at the thread's next wait in the class library.
    /// </summary>
    /// <param name="gate">Left by <see cref="Lock.Exit"/>.</param>
    public static void EnterUninterrupted(this Lock gate)
    {
        bool isInterrupted = false;
        bool isEntered = false;
        while (!isEntered)
        {
            try
            {
                gate.Enter();
                isEntered = true;
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = true;
            }
        }

        if (isInterrupted)
        {
            Thread.CurrentThread.Interrupt();
        }
    }
}
