namespace KernelSockets.Vfs.Proc;

/// <summary>What /proc tells of the machine, beyond what <see cref="ISystem"/> tells the commands: the kernel's side of the seam.</summary>
/// <remarks>Called by tasks that read; snapshots are copies.</remarks>
public interface IProcSource
{
    /// <summary>The machine as its commands see it.</summary>
    ISystem System { get; }

    /// <summary>The processes.</summary>
    IProcessTable Processes { get; }

    /// <summary>The kernel's command line.</summary>
    string CommandLine { get; }

    /// <summary>The processor.</summary>
    ProcessorInformation Processor { get; }

    /// <summary>Time since start-up that the processor had nothing to do.</summary>
    TimeSpan IdleTime { get; }

    /// <summary>Switches from one task to another since start-up.</summary>
    long ContextSwitches { get; }
}

/// <summary>What the processor tells of itself (Intel SDM volume 2A, CPUID).</summary>
/// <param name="Vendor">For example <c>GenuineIntel</c>.</param>
/// <param name="Model">Its name.</param>
/// <param name="Signature">CPUID leaf 1, EAX: family, model and stepping.</param>
/// <param name="Features">CPUID leaf 1: ECX in the upper, EDX in the lower half.</param>
/// <param name="ExtendedFeatures">CPUID leaf 0x80000001, the same.</param>
/// <param name="Frequency">Frequency of the time stamp counter, in Hz.</param>
public sealed record ProcessorInformation(string Vendor, string Model, uint Signature, ulong Features, ulong ExtendedFeatures, long Frequency);
