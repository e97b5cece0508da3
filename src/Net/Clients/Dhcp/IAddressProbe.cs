namespace KernelSockets.Net;

/// <summary>Asks a network whether somebody has an address (RFC 5227 §2.1). Used under the stack's gate.</summary>
internal interface IAddressProbe
{
    /// <summary>Starts to ask; <paramref name="complete"/> gets false when somebody has it. Called later, under the gate, at most once.</summary>
    void Start(NetInterface netInterface, Ipv4Address address, Action<bool> complete);
}
