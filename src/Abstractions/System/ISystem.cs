namespace KernelSockets;

/// <summary>What the kernel offers to the commands of its shell beyond files and sockets: the seam between UserApps and Kernel.</summary>
/// <remarks>All members may be called from any task. Snapshots are copies; they do not change afterwards.</remarks>
public interface ISystem
{
    /// <summary>The clock that everything is timed with.</summary>
    Clock Clock { get; }

    /// <summary>Name and version of the system (uname).</summary>
    SystemIdentity Identity { get; }

    /// <summary>Jobs: what the shell starts, waits for and interrupts.</summary>
    IJobControl Jobs { get; }

    /// <summary>Network interfaces, neighbours and echo.</summary>
    INetworkControl Network { get; }

    /// <summary>DHCP clients.</summary>
    IDhcpControl Dhcp { get; }

    /// <summary>File systems on disks.</summary>
    IVolumeControl Volumes { get; }

    /// <summary>The terminal of the calling job: the console, or a pseudo-terminal.</summary>
    ITerminal Terminal { get; }

    /// <summary>Makes a terminal for somebody who is elsewhere.</summary>
    /// <param name="terminal">The terminal; null on failure.</param>
    /// <returns><see cref="Errno.ENOSPC"/> when there are too many, <see cref="Errno.ENODEV"/> where there are none.</returns>
    Errno TryOpenTerminal(out IPseudoTerminal? terminal)
    {
        terminal = null;
        return Errno.ENODEV;
    }

    /// <summary>All tasks, by id.</summary>
    IReadOnlyList<TaskInformation> Tasks();

    /// <summary>Use of physical memory.</summary>
    MemoryStatistics Memory();

    /// <summary>The kernel's log since start-up, as far as its ring still holds it; one line a message, <c>[seconds.micros] text</c>.</summary>
    string ReadLog();

    /// <summary>PCI functions found at start-up, by bus, device and function.</summary>
    IReadOnlyList<PciFunctionInformation> PciFunctions { get; }

    /// <summary>Interrupt lines and vectors in use, and how often each has fired.</summary>
    IReadOnlyList<InterruptInformation> Interrupts();

    /// <summary>Tells a task's job to end, as Ctrl-C does for the foreground job.</summary>
    /// <param name="taskId">Id of a task, as <c>ps</c> shows it.</param>
    /// <returns><see cref="Errno.ESRCH"/> for no such task, <see cref="Errno.EPERM"/> for a kernel task.</returns>
    Errno Kill(int taskId);

    /// <summary>Raises the self-test interrupt as fast as the processor takes it, for the runtime torture tests.</summary>
    /// <param name="count">How many; bounded by the caller.</param>
    void RaiseInterrupts(int count);

    /// <summary>Ends the machine. Does not return when the machine can be switched off.</summary>
    /// <param name="status">Told to QEMU's isa-debug-exit device where there is one; null means a plain ACPI S5.</param>
    void PowerOff(byte? status);

    /// <summary>Restarts the machine.</summary>
    void Reboot();
}
