namespace KernelSockets.Simulation.E1000;

/// <summary>When the model sends.</summary>
public enum TransmitMode
{
    /// <summary>Within the write of TDT, as QEMU does.</summary>
    Immediate,

    /// <summary>In <see cref="Model82540Em.StepTransmit"/>: a slow device.</summary>
    Stepped,

    /// <summary>Never: a hung transmitter. A reset ends it.</summary>
    Hung,
}
